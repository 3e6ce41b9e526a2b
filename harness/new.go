// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/project"
	"kmodlab/internal/fault"
)

// New makes a lesson called name that passes at once, and says how to go on.
func (h Home) New(w io.Writer, name string) error {
	run := fault.Command("run -lesson=" + name)
	paths, err := lesson.New(h.Lessons, name, run)
	if err != nil {
		return status(err)
	}
	h.tellNew(w, paths)
	fmt.Fprintf(w, "\nsee it pass:        %s\nedit, see at once:  %s\n", run, fault.Command("watch -lesson="+name))
	return nil
}

// NewProject makes a folder called name in the current one, with a module that
// passes its test at once, and says how to go on.
func (h Home) NewProject(w io.Writer, name string) error {
	test := fault.Command("test -dir=" + name)
	paths, err := lesson.New(h.Dir, name, test)
	if err != nil {
		return status(err)
	}
	h.tellNew(w, paths)
	fmt.Fprintf(w, "\nsee it pass:  %s\n", test)
	return nil
}

// Init writes what the tests of the modules in the current folder begin with, and
// says how to go on. ci is "github", "gitlab", or "" for no file for CI.
// With ignore, git is told to ignore the results.
func (h Home) Init(w io.Writer, ci string, ignore bool) error {
	paths, err := project.Init(h.Dir, ci)
	if err != nil {
		return status(err)
	}
	if ignore {
		path, err := project.Ignore(h.Dir, h.outName())
		if err != nil {
			return status(err)
		}
		paths = slices.Insert(paths, 0, path)
	}
	h.tellNew(w, paths)
	fmt.Fprintf(w, "\ntest:                            %s\nwrite down what kernels print:   %s\n", fault.Command("test"), fault.Command("test -update"))
	if ci != "" {
		fmt.Fprintf(w, "in %s, put in where kmodlab is to come from\n", filepath.Base(paths[len(paths)-1]))
	}
	return nil
}

func (h Home) tellNew(w io.Writer, paths []string) {
	for _, path := range paths {
		if rel, err := filepath.Rel(h.Dir, path); err == nil {
			path = rel
		}
		fmt.Fprintln(w, "new ", path)
	}
}
