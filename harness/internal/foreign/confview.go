// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mvdan.cc/sh/v3/interp"
)

// maxConf is how much a dkms.conf may be, and what it reads.
const maxConf = 64 << 10

// place returns where a dkms.conf finds what it calls path: the headers are where
// kernels are installed, too.
func (c *conf) place(path string) (*os.Root, string, error) {
	for _, name := range []string{"build", "source"} {
		installed := filepath.Join("/lib/modules", c.build.kernel.Release, name)
		if inside(path, installed) {
			path = c.build.kernel.Headers + strings.TrimPrefix(path, installed)
		}
	}
	for _, root := range c.sees {
		if rel, err := filepath.Rel(root.Name(), path); err == nil && filepath.IsLocal(rel) {
			return root, rel, nil
		}
	}
	return nil, "", &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
}

// read returns the text of the file at path, if that is not too long.
func (c *conf) read(path string) (string, error) {
	root, rel, err := c.place(path)
	if err != nil {
		return "", err
	}
	info, err := root.Stat(rel)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > maxConf {
		return "", errors.New("not a short file")
	}
	text, err := root.ReadFile(rel)
	return string(text), err
}

// open opens what a dkms.conf reads, or includes. What it writes is gone.
func (c *conf) open(ctx context.Context, path string, flag int, _ os.FileMode) (io.ReadWriteCloser, error) {
	if flag&(os.O_WRONLY|os.O_RDWR) != 0 || path == os.DevNull {
		return &opened{strings.NewReader("")}, nil
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(interp.HandlerCtx(ctx).Dir, path)
	}
	text, err := c.read(path)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: path, Err: fs.ErrNotExist}
	}
	return &opened{strings.NewReader(text)}, nil
}

// opened is a file that is read, and swallows what is written.
type opened struct{ *strings.Reader }

// Write forgets text.
func (o *opened) Write(text []byte) (int, error) { return len(text), nil }

// Close does nothing.
func (o *opened) Close() error { return nil }

func (c *conf) stat(ctx context.Context, path string, follow bool) (fs.FileInfo, error) {
	if !filepath.IsAbs(path) {
		path = filepath.Join(interp.HandlerCtx(ctx).Dir, path)
	}
	root, rel, err := c.place(path)
	if err != nil {
		return nil, err
	}
	if follow {
		return root.Stat(rel)
	}
	return root.Lstat(rel)
}

func (c *conf) readDir(_ context.Context, path string) ([]fs.DirEntry, error) {
	root, rel, err := c.place(path)
	if err != nil {
		return nil, err
	}
	return fs.ReadDir(root.FS(), filepath.ToSlash(rel))
}
