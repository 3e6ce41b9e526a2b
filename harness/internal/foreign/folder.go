// SPDX-License-Identifier: GPL-2.0-only

// Package foreign reads and builds folders of module sources that this project
// has never seen: with a Kbuild file, a Makefile, or a dkms.conf.
//
// A folder is built in a copy, for one kernel at a time, and what becomes of
// it are modules as those of the lessons, and a script that inserts and removes
// them when it brings none.
package foreign

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
)

// What a folder may have at most: above that it is a kernel tree, or a home.
const (
	maxBytes = 256 << 20
	maxFiles = 50_000
)

// Folder is a folder of module sources.
type Folder struct {
	Dir    string // its absolute path
	Root   string // what is copied: the folder, or one above it that its Makefile reaches into
	Name   string // the last part of it
	Digest string // names its contents: paths, modes, texts
	DKMS   bool   // it has a dkms.conf

	// First are modules of the kernel itself that are inserted before the folder's,
	// beside those that these need.
	First []string

	files   []string // paths of everything that is copied, relative to Root, sorted
	results string   // the folder of results, which is none of the sources; "" for none
	sums    []string // of each file: mode and contents, see [Folder.sum]
}

// Read reads the folder dir, without the folder of results, if that is in it. Errors are a [fault.Error] of usage: it does not
// exist, nothing in it says how to build, it is too large.
func Read(dir, results string) (*Folder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	// The folder that a link leads to: to make, which goes by the current folder,
	// .. is beside that one. DKMS has such links, /var/lib/dkms/NAME/VERSION/source.
	real, err := filepath.EvalSymlinks(dir)
	if err == nil {
		dir = real
	}
	info, err := os.Stat(dir)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	if err != nil {
		return nil, &fault.Error{Owner: fault.Usage, What: "there is no folder of modules", Where: dir, Err: unwrapped(err), Hint: "-dir= takes the folder with the module's Kbuild, Makefile or dkms.conf"}
	}
	f := &Folder{Dir: dir, Root: reach(dir), Name: filepath.Base(dir), results: results}
	if !hasRecipe(dir) {
		return nil, noRecipe(dir)
	}
	if err := f.list(); err != nil {
		return nil, err
	}
	_, err = os.Stat(filepath.Join(dir, dkmsFile))
	f.DKMS = err == nil
	return f, f.sum()
}

// upwards is a way out of a folder.
var upwards = regexp.MustCompile(`(?:\.\./)+|\.\.$`)

// reach returns the folder that a build of dir needs: dir, or the one above it
// that the paths in its Makefile and Kbuild lead to.
func reach(dir string) string {
	root := dir
	for _, name := range recipes {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
			for _, up := range upwards.FindAllString(line, -1) {
				if at := filepath.Join(dir, up); len(at) < len(root) {
					root = at
				}
			}
		}
	}
	if filepath.Dir(root) == root {
		return dir // up to the root of all: no folder of sources
	}
	return root
}

// dkmsFile is what DKMS is told about a module by (dkms(8)).
const dkmsFile = "dkms.conf"

// recipes are the files that say how a folder is built.
var recipes = []string{"Kbuild", "Makefile", "makefile", "GNUmakefile", dkmsFile}

// hasRecipe says whether a folder says how to build it.
func hasRecipe(dir string) bool {
	for _, name := range recipes {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// isHistory says whether a folder holds no sources but their history, or what
// old versions of Kbuild leave.
func isHistory(name string) bool {
	return slices.Contains([]string{".git", ".hg", ".svn", ".tmp_versions"}, name)
}

// made says whether an earlier build made the file: objects have the command
// that made them beside them, which shipped ones do not.
func made(path string) bool {
	dir, name := filepath.Split(path)
	switch filepath.Ext(name) {
	case ".ko", ".cmd", ".d":
		return true
	case ".o", ".mod":
		_, err := os.Stat(filepath.Join(dir, "."+name+".cmd"))
		return err == nil
	}
	return strings.HasSuffix(name, ".mod.c") || name == "modules.order" || name == "Module.symvers"
}

// sum makes the digest of all files: their paths, texts and modes. A script that
// may be run is another than one that may not.
func (f *Folder) sum() error {
	var parts []string
	for _, name := range f.files {
		text, mode, err := f.read(name)
		if err != nil {
			return &fault.Error{Owner: fault.Usage, What: "cannot read the folder", Where: f.Dir, Err: err}
		}
		f.sums = append(f.sums, sumOf(text, mode))
		parts = append(parts, name, sumOf(text, mode))
	}
	f.Digest = cache.Key(parts...)
	return nil
}

// read returns the text of a file of the folder and the mode that its copy has.
func (f *Folder) read(name string) (text []byte, mode fs.FileMode, err error) {
	path := filepath.Join(f.Root, name)
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	text, err = os.ReadFile(path)
	return text, info.Mode().Perm() | 0o600, err
}

func sumOf(text []byte, mode fs.FileMode) string { return cache.Key(mode.String(), string(text)) }

// copyTo copies the folder's files to dir, as plain files: those that were
// summed, or what is built would be kept under the name of something else.
func (f *Folder) copyTo(dir string) error {
	for i, name := range f.files {
		text, mode, err := f.read(name)
		if err != nil || sumOf(text, mode) != f.sums[i] {
			return &fault.Error{Owner: fault.Usage, What: "the folder changed while it was read", Where: filepath.Join(f.Root, name), Err: err, Hint: "run again when it stays as it is"}
		}
		to := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(to, text, mode); err != nil {
			return err
		}
		if err := os.Chmod(to, mode); err != nil { // whatever the user's umask
			return err
		}
	}
	return nil
}

// unwrapped returns the cause in an error of the file system, without the path
// that the message says anyway.
func unwrapped(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	return err
}
