// SPDX-License-Identifier: GPL-2.0-only

package commit

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// project makes a repository with a commit of the files, by name. Two that are
// made of the same are the same.
func project(t *testing.T, files map[string]string) string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skipf("no git: %v", err)
	}
	root := t.TempDir()
	put(t, root, files)
	git(t, root, "init", "-q")
	git(t, root, "add", ".")
	git(t, root, "commit", "-q", "-m", "first")
	return root
}

func git(t *testing.T, root string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@b", "GIT_COMMITTER_NAME=a",
		"GIT_COMMITTER_EMAIL=a@b", "GIT_AUTHOR_DATE=2026-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2026-01-01T00:00:00Z")
	output, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, output)
	}
	return strings.TrimSpace(string(output))
}

func put(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

var start = map[string]string{"go.mod": "module x\n", "kmod/a/a.c": "int a;\n", "docs/a.md": "a\n", ".gitignore": "/out/\n"}

func TestOf(t *testing.T) {
	clean := project(t, start)
	head := git(t, clean, "rev-parse", "HEAD")
	for name, tt := range map[string]struct {
		change func(root string)
		dirty  bool
	}{
		"nothing is changed":       {func(string) {}, false},
		"a source is changed":      {func(root string) { put(t, root, map[string]string{"kmod/a/a.c": "int b;\n"}) }, true},
		"it was, and is as it was": {func(root string) { put(t, root, start) }, false},
		"a change is staged":       {func(root string) { put(t, root, map[string]string{"kmod/a/a.c": "int b;\n"}); git(t, root, "add", ".") }, true},
		"there is a new source":    {func(root string) { put(t, root, map[string]string{"kmod/b/b.c": "int b;\n"}) }, true},
		"a source is removed":      {func(root string) { os.Remove(filepath.Join(root, "kmod/a/a.c")) }, true},
		"a page is changed":        {func(root string) { put(t, root, map[string]string{"docs/a.md": "b\n"}) }, false},
		"parts to merge lie there": {func(root string) { put(t, root, map[string]string{"parts/1/results.json": "{}", "out/x": "y"}) }, false},
		"another commit of the same": {func(root string) {
			put(t, root, map[string]string{"docs/a.md": "b\n"})
			git(t, root, "commit", "-qam", "x")
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			root := project(t, start)
			tt.change(root)
			before := state(t, root)
			got := Of(t.Context(), root, t.TempDir())
			if other := got != head[:digits]; other != tt.dirty {
				t.Errorf("Of() = %q; want another than that of %s: %v", got, head, tt.dirty)
			}
			if !regexp.MustCompile(`^[0-9a-f]{12}(-dirty-[0-9a-f]{12})?$`).MatchString(got) {
				t.Errorf("Of() = %q; want a commit, and a tree where it is dirty", got)
			}
			if after := state(t, root); after != before {
				t.Errorf("the repository was\n%s\nand is\n%s", before, after)
			}
			twin := project(t, start)
			tt.change(twin)
			if again := Of(t.Context(), twin, t.TempDir()); again != got {
				t.Errorf("the same elsewhere is %q; want %q", again, got)
			}
		})
	}
}

// state is what a look must leave alone: the index, and how many objects there
// are.
func state(t *testing.T, root string) string {
	t.Helper()
	return git(t, root, "--no-optional-locks", "status", "--porcelain=v2", "-uall") + git(t, root, "count-objects")
}

func TestOfNothing(t *testing.T) {
	root := t.TempDir()
	if got := Of(t.Context(), root, t.TempDir()); got != "" {
		t.Errorf("Of() without a repository = %q; want nothing", got)
	}
	git(t, root, "init", "-q")
	if got := Of(t.Context(), root, t.TempDir()); got != "" {
		t.Errorf("Of() without a commit = %q; want nothing", got)
	}
}

// A checkout that another user made, as on many a CI runner, is the same
// project.
func TestOfAnotherUsers(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may give a file away")
	}
	root := project(t, start)
	want := Of(t.Context(), root, t.TempDir())
	if err := os.Chown(root, 1, 1); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Join(root, ".git"), 1, 1); err != nil {
		t.Fatal(err)
	}
	if got := Of(t.Context(), root, t.TempDir()); got != want || got == "" {
		t.Errorf("Of() = %q; want %q", got, want)
	}
}
