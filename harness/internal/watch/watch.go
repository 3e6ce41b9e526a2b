// SPDX-License-Identifier: GPL-2.0-only

// Package watch waits for somebody to save a file.
//
// It looks at the files again and again instead of asking the kernel to be
// told. The folders of a lesson are small, looking at them costs less than a
// millisecond, and what is compared is the result of saving, however an editor
// goes about it: writing in place, writing beside and renaming, with or without
// a backup. It also works on file systems that tell nobody, such as those that
// are shared with a VM.
package watch

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Watch remembers how the files of some folders looked.
type Watch struct {
	folders []string
	wanted  func(name string) bool
	seen    look
}

// look is how files look, by path.
type look map[string]stamp

// stamp changes when a file is written or replaced.
type stamp struct {
	size     int64
	modified time.Time
	inode    uint64
}

const (
	pause = 50 * time.Millisecond // between two looks
	still = 30 * time.Millisecond // how long files stay as they are before they count as saved
)

// New returns a watch over the files in folders, without those in folders of
// theirs, whose names are wanted. What they hold now counts as seen.
func New(wanted func(name string) bool, folders ...string) (*Watch, error) {
	w := &Watch{folders: folders, wanted: wanted}
	var err error
	w.seen, err = w.look()
	return w, err
}

// Wait returns when files were changed, added or removed since the last time,
// and nobody is writing any more. The error is that of ctx, or of the file
// system.
func (w *Watch) Wait(ctx context.Context) error {
	for wait := pause; ; {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		now, err := w.look()
		switch {
		case err != nil:
			return err
		case wait == still && maps.Equal(now, w.seen):
			return nil
		case !maps.Equal(now, w.seen):
			w.seen, wait = now, still
		}
	}
}

// look looks at the files. What is not there, or is just being replaced, is
// left out.
func (w *Watch) look() (look, error) {
	files := look{}
	for _, folder := range w.folders {
		entries, err := os.ReadDir(folder)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		for _, e := range entries {
			path := filepath.Join(folder, e.Name())
			info, err := os.Stat(path)
			if err != nil || !info.Mode().IsRegular() || !w.wanted(e.Name()) {
				continue
			}
			s := stamp{size: info.Size(), modified: info.ModTime()}
			if sys, ok := info.Sys().(*syscall.Stat_t); ok {
				s.inode = sys.Ino
			}
			files[path] = s
		}
	}
	return files, nil
}
