// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"kmodlab/internal/fault"
)

// list finds what is copied: everything but the history and what an earlier
// build left, and what links lead to as if it were there.
func (f *Folder) list() error {
	l := &listing{folder: f}
	l.results, _ = os.Stat(f.results) // where there are none yet, none are left out
	err := l.enter(place{"", f.Root}, nil)
	if errors.Is(err, fs.ErrPermission) {
		return &fault.Error{Owner: fault.Usage, What: "cannot read the folder", Where: f.Dir, Err: err}
	}
	slices.Sort(f.files)
	return err
}

// listing is a list under way.
type listing struct {
	folder  *Folder
	results fs.FileInfo // of the folder of results: each run would make other sources of it; nil when it is not there
	entries int
	bytes   int64
}

// place is a folder: its path below the root of what is listed, and the one
// without links.
type place struct{ path, real string }

// enter lists what is in the folder at. It was reached by links in the folders
// left.
func (l *listing) enter(at place, left []string) error {
	entries, err := os.ReadDir(at.real)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if l.entries++; l.entries > maxFiles { // folders count: links can make many of few
			return l.folder.tooLarge(at.real)
		}
		if err := l.add(at, e, left); err != nil {
			return err
		}
	}
	return nil
}

// add adds a file in the folder at, or what is in a folder in it.
func (l *listing) add(at place, e fs.DirEntry, left []string) error {
	file := place{filepath.Join(at.path, e.Name()), filepath.Join(at.real, e.Name())}
	info, err := os.Stat(file.real) // of what a link leads to
	if err != nil {
		return nil // a link to nowhere: nothing to compile
	}
	switch {
	case info.IsDir() && (isHistory(e.Name()) || os.SameFile(info, l.results)):
		return nil
	case info.IsDir() && e.Type()&fs.ModeSymlink != 0:
		return l.follow(file, append(slices.Clone(left), at.real))
	case info.IsDir():
		return l.enter(file, left)
	case !info.Mode().IsRegular() || made(file.real):
		return nil
	}
	if l.bytes += info.Size(); l.bytes > maxBytes {
		return l.folder.tooLarge(at.real)
	}
	l.folder.files = append(l.folder.files, file.path)
	return nil
}

// follow lists what is in the folder that a link leads to, unless that is one
// that links led out of, or a kernel.
func (l *listing) follow(link place, left []string) error {
	there, err := filepath.EvalSymlinks(link.real)
	if err != nil {
		return err
	}
	if isKernel(there) || slices.ContainsFunc(left, func(dir string) bool { return inside(dir, there) }) {
		return nil
	}
	return l.enter(place{link.path, there}, left)
}

// inside tells whether path is the folder dir or in it.
func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(rel)
}

// isKernel tells whether dir has a kernel's sources, or its headers. People have
// a link to them beside a module; what they are built with they are told.
func isKernel(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "scripts/Makefile.build"))
	return err == nil
}

// tooLarge is the error of a folder with too much in it, which showed in dir, a
// path without links.
func (f *Folder) tooLarge(dir string) error {
	e := &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("the folder is too large to be a module's: more than %d MiB or %d files", maxBytes>>20, maxFiles), Where: f.Root,
		Hint: "name the folder of the module alone"}
	if !inside(dir, f.Root) {
		e.Hint = "a link in it leads to " + dir + "; remove that, or what is too much there"
	} else if f.Root != f.Dir {
		e.Hint = "the Makefile in " + f.Dir + " reaches into it; move what it needs to a folder of their own"
	}
	return e
}
