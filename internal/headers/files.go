// SPDX-License-Identifier: GPL-2.0-only

package headers

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// file is a file that a build of modules can read.
type file struct {
	name  string // relative to the tree, behind the tree's number when there are several
	path  string
	stamp string // what the file system says of it: changes with its contents
}

// list finds the files of the tree in dir and of the trees that it is built
// upon, in an order that is always the same.
func list(dir string) ([]file, error) {
	all, err := Trees(dir)
	if err != nil {
		return nil, err
	}
	l := &lister{entered: map[string]bool{}}
	for _, tree := range all {
		l.entered[tree] = true
	}
	for i, tree := range all {
		l.prefix = ""
		if i > 0 {
			l.prefix = fmt.Sprintf("%d:", i)
		}
		if err := l.folder(tree, ""); err != nil {
			return nil, err
		}
	}
	return l.files, nil
}

// Folders returns all folders that a build with the tree in dir reads: it, the
// trees that it is built upon, and where links in them lead. The error is that
// of a tree that is not there.
func Folders(dir string) ([]string, error) {
	all, err := Trees(dir)
	for _, tree := range all {
		entries, err := os.ReadDir(tree)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			link := filepath.Join(tree, e.Name())
			if real, err := filepath.EvalSymlinks(link); err == nil && e.Type()&fs.ModeSymlink != 0 && isFolder(real) && !slices.Contains(all, real) {
				all = append(all, real)
			}
		}
	}
	return all, err
}

// Trees returns the tree in dir and those that it is built upon, each once and
// by its real path: what its Makefile includes, and the sources of one that was
// built elsewhere (make O=). The error is that of a tree that is not there.
func Trees(dir string) ([]string, error) {
	var all []string
	for todo := []string{dir}; len(todo) > 0; todo = todo[1:] {
		real, err := filepath.EvalSymlinks(todo[0])
		if err != nil {
			return nil, err
		}
		if slices.Contains(all, real) {
			continue
		}
		all, todo = append(all, real), append(todo, upon(todo[0])...)
	}
	return all, nil
}

// included is how the Makefile of a folder of headers, or of one that a kernel
// was built in with O=, names the tree it belongs to.
var included = regexp.MustCompile(`(?m)^include\s+(/\S+)/Makefile\s*$`)

// upon returns the trees that the one in dir is built upon.
func upon(dir string) []string {
	var trees []string
	if text, err := os.ReadFile(filepath.Join(dir, "Makefile")); err == nil {
		for _, m := range included.FindAllSubmatch(text, -1) {
			trees = append(trees, string(m[1]))
		}
	}
	if link := filepath.Join(dir, "source"); isFolder(link) {
		trees = append(trees, link)
	}
	return trees
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

type lister struct {
	prefix  string
	files   []file
	entered map[string]bool // where links led to, which may lead in circles
}

// folder lists what is in the folder rel of the tree root. Files are looked at
// from there: the way through a dozen folders to each would cost more.
func (l *lister) folder(root, rel string) error {
	dir, err := os.Open(filepath.Join(root, rel))
	if err != nil {
		if rel != "" && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)) {
			return nil // removed meanwhile; or make cannot read it either
		}
		return err
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return err
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	for _, e := range entries {
		name := path.Join(rel, e.Name())
		isDir := e.IsDir()
		if e.Type()&fs.ModeSymlink != 0 && name != "source" { // see upon
			if isDir = isFolder(filepath.Join(root, name)); isDir && !l.enter(filepath.Join(root, name)) {
				continue
			}
		}
		switch {
		case isDir && !skipped(name):
			err = l.folder(root, name)
		case !isDir && read(name):
			err = l.add(dir, root, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// enter says whether a link leads to a folder for the first time.
func (l *lister) enter(link string) bool {
	real, err := filepath.EvalSymlinks(link)
	if err != nil || l.entered[real] {
		return false
	}
	l.entered[real] = true
	return true
}

func (l *lister) add(dir *os.File, root, name string) error {
	var st unix.Stat_t
	err := unix.Fstatat(int(dir.Fd()), path.Base(name), &st, 0)
	if errors.Is(err, fs.ErrNotExist) || err == nil && st.Mode&unix.S_IFMT != unix.S_IFREG {
		return nil // a link to nowhere, a device
	}
	at := root + "/" + name
	if err != nil {
		return &fs.PathError{Op: "stat", Path: at, Err: err}
	}
	l.files = append(l.files, file{l.prefix + name, at, stamp(&st)})
	return nil
}

// skipped says whether nothing in the folder name of a tree goes into a module:
// the history, the documentation, programs of the tree that build no modules.
func skipped(name string) bool {
	switch name {
	case ".git", "Documentation", "LICENSES", "debian", "samples", "usr", "tools/testing", "tools/perf":
		return true
	}
	return strings.HasPrefix(path.Base(name), ".tmp_")
}

// read says whether a build of modules can read the file name of a tree: what
// the Makefiles read, programs that they run, what modules link to, and headers
// wherever they are.
func read(name string) bool {
	dir, base := path.Split(name)
	switch path.Ext(base) {
	case ".o", ".a", ".cmd", ".d":
		return false // made on the way to those programs
	case ".h":
		return true
	}
	switch top, _, _ := strings.Cut(name, "/"); {
	case dir == "":
		return strings.HasPrefix(base, "Makefile") || base == "Kbuild" || base == ".config" || base == ".kernelvariables" || base == "Module.symvers" || base == "vmlinux"
	case dir == "include/config/": // the rest are empty files, one an option
		return base == "auto.conf" || base == "kernel.release"
	case strings.HasPrefix(dir, "include/config/"):
		return false
	case top == "include", top == "scripts", top == "rust":
		return true
	case top == "arch":
		return strings.Contains(dir, "/include/") || strings.HasPrefix(base, "Makefile") || base == "Kbuild" || path.Ext(base) == ".lds"
	}
	return strings.HasPrefix(name, "tools/objtool/") || strings.HasPrefix(name, "tools/bpf/resolve_btfids/")
}
