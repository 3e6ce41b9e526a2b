// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// enter returns the folder in which the sources are built for k, locked until
// unlock is called.
func (s *sources) enter(ctx context.Context, c *cache.Cache, k *kernel.Kernel) (stage string, unlock func(), err error) {
	in := stageInputs(s, k)
	unlock, err = c.Lock(ctx, in.Kind()+"-"+in.Key()) // which is the one of [cache.Cache.Prune], too
	if err != nil {
		return "", nil, err
	}
	c.Used(in.Kind(), in.Key())
	stage, _ = c.Lookup(in.Kind(), in.Key())
	return stage, unlock, nil
}

// targetFile holds in a staging folder what its objects were built against. It
// is not there while they are being built.
const targetFile = ".target"

// stage makes the folder dir hold exactly these sources, beside what earlier
// builds for the same target left there. A file that did not change keeps its
// time, so that make leaves its object alone.
//
// Objects that were built against anything else go. Make would not see that
// they have to: it goes by the times of files, and a header that was edited may
// well be older than the object that was made from it, by tar, by cp -p, or by a
// clock that was set.
func (s *sources) stage(dir string, target *cache.Inputs) error {
	mark := filepath.Join(dir, targetFile)
	if was, err := os.ReadFile(mark); err != nil || string(was) != target.Key() {
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.Remove(mark); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	newest, err := s.sweep(dir)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // a make that ran here cannot lead us out of it
	if err != nil {
		return err
	}
	defer root.Close()
	for _, name := range s.names {
		if err := s.write(root, name, newest); err != nil {
			return err
		}
	}
	return nil
}

// sweep removes sources from the folder dir that are none any more, and returns
// the newest time of a file in it.
func (s *sources) sweep(dir string) (newest time.Time, err error) {
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if rel, _ := filepath.Rel(dir, path); isSource(d.Name()) && s.text[rel] == nil {
			return os.Remove(path)
		}
		info, err := d.Info()
		if err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
		return err
	})
	return newest, err
}

// write writes a source into the folder stage, unless it is there. Its time is
// later than any other there, whatever the clock says, or make would take an
// object for newer.
func (s *sources) write(stage *os.Root, name string, newest time.Time) error {
	if old, err := stage.ReadFile(name); err == nil && bytes.Equal(old, s.text[name]) {
		return nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := stage.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if err := stage.WriteFile(name, s.text[name], 0o644); err != nil {
		return err
	}
	if time.Now().After(newest) {
		return nil
	}
	later := newest.Add(time.Second) // for file systems that keep no more than seconds
	return stage.Chtimes(name, later, later)
}

// settled marks what the objects in the folder stage were built against, once
// make is through with them: if it is what it was when make began. Nobody can
// tell otherwise what they were built from.
func settled(ctx context.Context, c *cache.Cache, k *kernel.Kernel, stage string, target *cache.Inputs) error {
	now, err := Target(ctx, c, k)
	if err != nil {
		return err
	}
	if now.Key() != target.Key() {
		return &fault.Error{Owner: fault.Kernel, What: "the kernel's headers were edited while modules were built with them", Where: k.Headers,
			Hint: "run again when they stay as they are"}
	}
	return os.WriteFile(filepath.Join(stage, targetFile), []byte(target.Key()), 0o644)
}
