// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

func TestNew(t *testing.T) {
	dir := t.TempDir()
	paths, err := New(dir, "my_chain", "go tool mage run -lesson=my_chain")
	if err != nil || len(paths) != 5 {
		t.Fatalf("New(my_chain) = %q, %v; want five files", paths, err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil || len(text) == 0 || strings.Contains(string(text), "<%") {
			t.Errorf("%s: %v, it reads %q", path, err, text)
		}
	}
	lessons, err := Find(dir)
	if err != nil || len(lessons) != 1 || lessons[0].Name != "my_chain" || len(lessons[0].Cases) != 1 || lessons[0].Cases[0].Modules[0] != "my_chain" {
		t.Fatalf("Find() = %+v, %v; want the lesson with one case that inserts it", lessons, err)
	}
	readme, err := os.ReadFile(filepath.Join(dir, "my_chain", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	script, err := lessons[0].Cases[0].ReadScript()
	if err != nil {
		t.Fatal(err)
	}
	if m := shown.FindStringSubmatch(string(readme)); m == nil || m[3] != "```txtar\n"+strings.TrimRight(script, "\n")+"\n```\n" {
		t.Errorf("the README does not show the script as it is:\n%s", readme)
	}
}

func TestNewRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, taken := range []string{"order", "include"} {
		if err := os.Mkdir(filepath.Join(dir, taken), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	mine := filepath.Join(dir, "order", "order.c")
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "order", "include", "my-chain", "7th", "../up", "a/b", "a b", "naïve", ".", "-help", strings.Repeat("x", 56)} {
		if _, err := New(dir, name, "make"); fault.Of(err) != fault.Usage {
			t.Errorf("New(%q) = %v; want an error of usage", name, err)
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v; want what it held", entries, err)
	}
	if text, err := os.ReadFile(mine); err != nil || string(text) != "mine" {
		t.Errorf("order.c reads %q, %v; want what it read", text, err)
	}
	if up, _ := filepath.Glob(filepath.Join(dir, "..", "up")); up != nil {
		t.Errorf("%v was made", up)
	}
}

func TestNewWithoutAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "missing")
	if _, err := New(dir, "x", "make"); fault.Of(err) != fault.Host {
		t.Errorf("New in a missing folder = %v; want an error of the host", err)
	}
}

// TestNewIsOnThePath checks that the page of lessons names the new ones, in the
// order in which they came.
func TestNewIsOnThePath(t *testing.T) {
	dir := t.TempDir()
	readme := filepath.Join(dir, "README.md")
	const before, after = "# Lessons\n\n<!-- table: path -->\n| lesson | you learn | needs |\n|---|---|---|\n| [a](a/README.md) | a | |\n", "\nThe rest.\n"
	if err := os.WriteFile(readme, []byte(before+after), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"first", "second"} {
		if _, err := New(dir, name, "make"); err != nil {
			t.Fatal(err)
		}
	}
	want := before + "\n### Your own\n\n<!-- table: path -->\n| lesson | you learn | needs |\n|---|---|---|\n" +
		"| [first](first/README.md) | that a module can say hello | |\n| [second](second/README.md) | that a module can say hello | |\n" + after
	got, err := os.ReadFile(readme)
	if d := cmp.Diff(want, string(got)); err != nil || d != "" {
		t.Errorf("New(): the page of lessons: %v (-want +got):\n%s", err, d)
	}
}
