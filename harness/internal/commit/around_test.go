// SPDX-License-Identifier: GPL-2.0-only

package commit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modules is a repository of modules, with a folder of them in it.
var modules = map[string]string{"driver/Makefile": "obj-m := a.o\n", "driver/a.c": "int a;\n", "include/a.h": "", ".gitignore": "*.ko\n"}

func TestAround(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(root string)
		dirty  bool
	}{
		"nothing is changed":         {func(string) {}, false},
		"a source is changed":        {func(root string) { put(t, root, map[string]string{"driver/a.c": "int b;\n"}) }, true},
		"it was, and is as it was":   {func(root string) { put(t, root, modules) }, false},
		"one elsewhere":              {func(root string) { put(t, root, map[string]string{"include/a.h": "x"}) }, true},
		"a change is staged":         {func(root string) { put(t, root, map[string]string{"driver/a.c": "int b;\n"}); git(t, root, "add", ".") }, true},
		"there is a new source":      {func(root string) { put(t, root, map[string]string{"driver/b.c": ""}) }, true},
		"a source is removed":        {func(root string) { os.Remove(filepath.Join(root, "driver/a.c")) }, true},
		"an ignored file":            {func(root string) { put(t, root, map[string]string{"driver/a.ko": "x"}) }, false},
		"results":                    {func(root string) { put(t, root, map[string]string{"driver/kmodlab-out/results.json": "{}"}) }, false},
		"something like results":     {func(root string) { put(t, root, map[string]string{"kmodlab-out/results.json": "{}"}) }, true},
		"a submodule":                {func(root string) { submodule(t, root) }, false},
		"a submodule that is dirty":  {func(root string) { submodule(t, root); put(t, root, map[string]string{"sub/driver/a.c": "int b;\n"}) }, true},
		"a submodule with new files": {func(root string) { submodule(t, root); put(t, root, map[string]string{"sub/b.c": ""}) }, true},
		"a submodule that moved on":  {func(root string) { submodule(t, root); git(t, root+"/sub", "commit", "-q", "--allow-empty", "-m", "x") }, true},
	} {
		t.Run(name, func(t *testing.T) {
			root := project(t, modules)
			tt.change(root)
			compare(t, root, tt.dirty)
		})
	}
}

// compare compares what is said of the folder driver in root with its commit, and
// sees that root is left as it was.
func compare(t *testing.T, root string, dirty bool) {
	t.Helper()
	want := git(t, root, "rev-parse", "HEAD")[:digits]
	if dirty {
		want += "-dirty"
	}
	before := state(t, root)
	dir := filepath.Join(root, "driver")
	if got, err := Around(t.Context(), dir, filepath.Join(dir, "kmodlab-out")); err != nil || got != want {
		t.Errorf("Around() = %q, %v; want %q", got, err, want)
	}
	if after := state(t, root); after != before {
		t.Errorf("the repository was\n%s\nand is\n%s", before, after)
	}
}

// submodule commits a submodule to the repository in root.
func submodule(t *testing.T, root string) {
	t.Helper()
	git(t, root, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", project(t, modules), "sub")
	git(t, root, "commit", "-q", "-m", "with a submodule")
}

// Other kinds of checkouts are told like the usual one.
func TestAroundOtherCheckouts(t *testing.T) {
	for name, make := range map[string]func(t *testing.T, from, to string){
		"shallow":  func(t *testing.T, from, to string) { git(t, from, "clone", "-q", "--depth=1", "file://"+from, to) },
		"worktree": func(t *testing.T, from, to string) { git(t, from, "worktree", "add", "-q", to) },
		"sparse": func(t *testing.T, from, to string) {
			git(t, from, "clone", "-q", "--sparse", from, to)
			git(t, to, "sparse-checkout", "set", "driver")
		},
		"a submodule itself": func(t *testing.T, from, to string) {
			around := project(t, map[string]string{"x": ""})
			submodule(t, around)
			if err := os.Symlink(filepath.Join(around, "sub"), to); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			from, to := project(t, modules), filepath.Join(t.TempDir(), "to")
			git(t, from, "commit", "-q", "--allow-empty", "-m", "second")
			make(t, from, to)
			compare(t, to, false)
			put(t, to, map[string]string{"driver/a.c": "int b;\n"})
			compare(t, to, true)
		})
	}
}

// A hook of another repository, or of the same one, may be who asks.
func TestInAHook(t *testing.T) {
	root, other := project(t, modules), project(t, map[string]string{"x": ""})
	t.Setenv("GIT_DIR", filepath.Join(other, ".git"))
	t.Setenv("GIT_INDEX_FILE", filepath.Join(other, ".git/index"))
	want, err := os.ReadFile(filepath.Join(root, ".git/refs/heads", branch(t, root)))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Around(t.Context(), root, root+"/out"); err != nil || got != string(want[:digits]) {
		t.Errorf("Around() = %q, %v; want %s", got, err, want)
	}
	if got := Of(t.Context(), root, t.TempDir()); got != string(want[:digits]) {
		t.Errorf("Of() = %q; want %s", got, want)
	}
}

// branch returns the name of the branch that root is on.
func branch(t *testing.T, root string) string {
	t.Helper()
	head, err := os.ReadFile(filepath.Join(root, ".git/HEAD"))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Base(strings.TrimSpace(string(head)))
}

// Where there is nothing to tell, that is no error.
func TestAroundNothing(t *testing.T) {
	root := project(t, modules)
	empty, none := t.TempDir(), t.TempDir()
	git(t, empty, "init", "-q")
	for name, tt := range map[string]struct{ dir, path string }{
		"no repository": {none, os.Getenv("PATH")},
		"no commit":     {empty, os.Getenv("PATH")},
		"no git":        {root, none},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", tt.path)
			if got, err := Around(t.Context(), tt.dir, none); got != "" || err != nil {
				t.Errorf("Around() = %q, %v; want nothing", got, err)
			}
		})
	}
}

// What git refuses is passed on, with how to have it tell.
func TestAroundRefused(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may give a file away")
	}
	root := project(t, modules)
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull) // as in a container that nobody has set up
	t.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
	for _, path := range []string{root, filepath.Join(root, ".git")} {
		if err := os.Chown(path, 1, 1); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := Around(t.Context(), root, root+"/out"); got != "" || err == nil || !strings.Contains(err.Error(), "safe.directory") {
		t.Errorf("Around() = %q, %v; want git's word on it", got, err)
	}
}
