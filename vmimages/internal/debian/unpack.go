// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"kmodlab/internal/fault"
)

// unpack puts the files of a package below the folder dir: each at the place
// that place says, "" for none. Names have no leading slash; those in lib, bin
// and the like come as usr/lib, usr/bin, whatever side of Debian's merge of
// /usr the package is from.
func unpack(ctx context.Context, deb, dir string, place func(name string) string) error {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "dpkg-deb", "--fsys-tarfile", deb)
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return &fault.Error{Owner: fault.Host, What: "cannot run dpkg-deb", Err: err, Hint: "install dpkg"}
	}
	err = untar(out, dir, place)
	if err == nil {
		_, err = io.Copy(io.Discard, out) // what follows the end of the archive
	}
	if err != nil {
		cmd.Process.Kill() // it would wait for a reader for ever
	}
	if werr := cmd.Wait(); err == nil && werr != nil {
		err = fmt.Errorf("dpkg-deb: %w: %s", werr, strings.TrimSpace(stderr.String()))
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("unpack %s: %w", filepath.Base(deb), err)
	}
	return nil
}

// untar writes the files of the tar stream r below dir. No name and no link
// leads out of dir: os.Root sees to it.
func untar(r io.Reader, dir string, place func(name string) string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if h.Typeflag == tar.TypeDir {
			continue // made when something goes in
		}
		name := place(merged(h.Name))
		if name == "" {
			continue
		}
		if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
			return err
		}
		if err := writeEntry(root, name, h, tr, place); err != nil {
			return err
		}
	}
}

func writeEntry(root *os.Root, name string, h *tar.Header, r io.Reader, place func(string) string) error {
	switch h.Typeflag {
	case tar.TypeSymlink:
		return root.Symlink(h.Linkname, name)
	case tar.TypeLink:
		return root.Link(place(merged(h.Linkname)), name)
	case tar.TypeReg:
	default:
		return fmt.Errorf("%s: entry of type %q", h.Name, h.Typeflag)
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, fs.FileMode(h.Mode)&0o755|0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return root.Chtimes(name, h.ModTime, h.ModTime)
}

// merged returns the name of a file of a package as on a system where /lib,
// /bin and their like are links into /usr.
func merged(name string) string {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	switch top, _, _ := strings.Cut(name, "/"); top {
	case "lib", "lib64", "bin", "sbin":
		return "usr/" + name
	}
	return name
}
