// SPDX-License-Identifier: GPL-2.0-only

// Package commit names the state that results were made from, of the project or of
// a repository of modules: its commit, and whether it was changed since.
package commit

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// sources are what a result depends on. What else lies in the project's folder,
// such as parts to merge, makes no other state of it.
var sources = []string{"cmd", "go.mod", "go.sum", "guest", "harness", "internal", "kmod", "magefile.go", "vmimages"}

// digits is how many of a hash a name shows.
const digits = 12

// Of returns the name of the state of the project in the folder root:
// "1ba2b98e3c4d", or "1ba2b98e3c4d-dirty-0a1b2c3d4e5f" when its sources, new
// ones too, are not those of the commit; the second number is the hash of the
// tree that they make. The same contents have the same name on each machine. It
// is "" where git cannot tell: it is not there, or root is no repository. work
// is an empty folder for git.
func Of(ctx context.Context, root, work string) string {
	g := repository{ctx: ctx, root: root}
	said := strings.Fields(g.run("rev-parse", "HEAD", "HEAD^{tree}"))
	objects := g.run("rev-parse", "--path-format=absolute", "--git-path", "objects")
	// An index and a store of objects aside: git shall look, and leave no trace.
	g.env = []string{"GIT_INDEX_FILE=" + filepath.Join(work, "index"), "GIT_OBJECT_DIRECTORY=" + filepath.Join(work, "objects"),
		"GIT_ALTERNATE_OBJECT_DIRECTORIES=" + objects}
	if err := os.Mkdir(filepath.Join(work, "objects"), 0o755); err != nil {
		return ""
	}
	g.run("read-tree", "HEAD")
	g.run(append([]string{"add", "--all", "--"}, g.present()...)...)
	tree := g.run("write-tree")
	switch {
	case g.err != nil || len(said) != 2:
		return ""
	case tree == said[1]:
		return said[0][:digits]
	}
	return said[0][:digits] + "-dirty-" + tree[:digits]
}

// repository is git at work in a folder.
type repository struct {
	ctx  context.Context
	root string
	env  []string
	err  error // the first one; after it nothing is run any more
}

// run returns what git says; "" when it fails.
func (g *repository) run(args ...string) string {
	if g.err != nil {
		return ""
	}
	// The program that asks was compiled from this folder, whoever owns it.
	cmd := exec.CommandContext(g.ctx, "git", append([]string{"-c", "safe.directory=*", "-c", "core.fsmonitor=false"}, args...)...)
	cmd.Dir = g.root
	cmd.Env = append(slices.DeleteFunc(os.Environ(), ofAnother), g.env...)
	var output []byte
	output, g.err = cmd.Output()
	return strings.TrimSpace(string(output))
}

// present returns those of sources that are there: git takes no others.
func (g *repository) present() []string {
	var all []string
	for _, name := range sources {
		if _, err := os.Lstat(filepath.Join(g.root, name)); err == nil {
			all = append(all, name)
		}
	}
	return all
}
