// SPDX-License-Identifier: GPL-2.0-only

package project

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

var today = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A project is found from any folder in it, as git finds a repository.
func TestFind(t *testing.T) {
	for name, tt := range map[string]struct {
		files []string
		from  string
		want  string
	}{
		"the file is here":               {[]string{"kmodlab.toml"}, ".", "."},
		"the file is above":              {[]string{"kmodlab.toml", "a/b/Makefile"}, "a/b", "."},
		"the nearest one":                {[]string{"kmodlab.toml", "a/kmodlab.toml", "a/b/x.c"}, "a/b", "a"},
		"none, and modules here":         {[]string{".git/HEAD", "a/Makefile"}, "a", "a"},
		"none, and a folder of tests":    {[]string{".git/HEAD", "Makefile", "tests/x.txtar"}, "tests", "."},
		"none, and no repository either": {[]string{"Makefile", "tests/x.txtar"}, "tests", "tests"},
		"that of another repository":     {[]string{"kmodlab.toml", "sub/.git/HEAD", "sub/Makefile"}, "sub", "sub"},
		"odd names":                      {[]string{"a b:ä/kmodlab.toml", "a b:ä/c d/x.c"}, "a b:ä/c d", "a b:ä"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range tt.files {
				put(t, dir, file, "")
			}
			p, err := Find(filepath.Join(dir, tt.from), today)
			if err != nil || p.Root != filepath.Join(dir, tt.want) {
				t.Errorf("Find(%s) = %+v, %v; want the project in %s", tt.from, p, err, tt.want)
			}
		})
	}
}

const whole = `
version = 1
kernels = ["6.1", ">=6.12"]
flavours = ["cloud"]
arches = ["amd64"]
folders = ["driver", "other"]
scripts = ["tests/*.txtar"]
modules = ["dummy"]
mirror = "http://here/debian"
kernel_args = "a=1 b"
[params]
driver = "a=1 b=2"
[[allow]]
title = "WARNING in x"
reason = "known"
until = 2027-01-31
`

func TestParse(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, File, whole)
	put(t, dir, "tests/a.txtar", "")
	p, err := Find(dir, today)
	if err != nil {
		t.Fatal(err)
	}
	if got := List(p.Kernels); got != "6.1,>=6.12" {
		t.Errorf("the kernels are %q; want them as -kernel takes them", got)
	}
	if d := cmp.Diff([]string{filepath.Join(dir, "driver"), filepath.Join(dir, "other")}, p.Dirs()); d != "" {
		t.Errorf("folders (-want +got):\n%s", d)
	}
	files, err := p.ScriptFiles()
	if d := cmp.Diff([]string{filepath.Join(dir, "tests/a.txtar")}, files); err != nil || d != "" {
		t.Errorf("scripts: %v (-want +got):\n%s", err, d)
	}
	if len(p.Allow) != 1 || p.Allow[0].Title != "WARNING in x" || p.Params["driver"] != "a=1 b=2" || p.Mirror == "" || p.KernelArgs != "a=1 b" || len(p.Modules) != 1 {
		t.Errorf("read %+v; want all that is there", p)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"an unknown key":       {"kernel = [\"6.1\"]\n", `unknown key "kernel"` + "\n" + `  hint: did you mean "kernels"?`},
		"a key in a table":     {"[[allow]]\ntitel = \"x\"\n", "titel"},
		"a later version":      {"version = 2\n", "version 2, and this kmodlab knows 1"},
		"a later one, unknown": {"version = 2\nnew = 1\n", "version 2"},
		"no TOML":              {"kernels = [\n", "toml"},
		"another type":         {"kernels = \"6.1\"\n", "kernels"},
		"a folder outside":     {"folders = [\"../x\"]\n", `"../x" is not below`},
		"an absolute one":      {"scripts = [\"/x/*.txtar\"]\n", `"/x/*.txtar" is not below`},
		"an expired allowance": {"[[allow]]\ntitle = \"x\"\nreason = \"y\"\nuntil = 2026-11-27\n", "expired on 2026-11-27"},
		"one without a reason": {"[[allow]]\ntitle = \"x\"\nuntil = 2027-11-27\n", "no reason"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, File, tt.text)
			_, err := Find(dir, today)
			if fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), File) {
				t.Errorf("Find() = %v; want an error of usage with %q", err, tt.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(whole)
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := parse([]byte(text), "/x", today); err == nil && p.Version > version {
			t.Errorf("parse(%q) = %+v; want an error", text, p)
		}
	})
}

func TestScriptsThatAreNotThere(t *testing.T) {
	p := &Project{Root: t.TempDir(), Scripts: []string{"tests/*.txtar"}}
	if files, err := p.ScriptFiles(); fault.Of(err) != fault.Usage {
		t.Errorf("ScriptFiles() = %q, %v; want an error of usage", files, err)
	}
}

func TestInit(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "Makefile", "obj-m := one-a.o # two.o\none-a-y := x.o\n")
	paths, err := Init(dir, "github")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, path := range paths {
		rel, _ := filepath.Rel(dir, path)
		names = append(names, rel)
	}
	if d := cmp.Diff([]string{File, "one_a.txtar", ".github/workflows/kmodlab.yml"}, names); d != "" {
		t.Errorf("Init() wrote (-want +got):\n%s", d)
	}
	if p, err := Find(dir, today); err != nil || len(p.Kernels) != 4 {
		t.Errorf("the new file is read as %+v, %v; want four kernels", p, err)
	}
	before, _ := os.ReadFile(paths[1])
	if !strings.Contains(string(before), "insmod one_a\n") || strings.Contains(string(before), "NAME") {
		t.Errorf("the script of one_a is\n%s\nwant one that inserts it", before)
	}
	if _, err := Init(dir, ""); fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), "there is a "+File+" already") {
		t.Errorf("Init() again = %v; want a refusal", err)
	}
}

func TestModulesIn(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "Makefile", "obj-m := one.o two-a.o # three.o\none-y := x.o\nifneq ($(KERNELRELEASE),)\n\tobj-$(CONFIG_X) += four.o\nendif\n")
	put(t, dir, "Kbuild", "obj-m += one.o five.o\n")
	names, err := modulesIn(dir)
	if d := cmp.Diff([]string{"one", "five", "two_a", "four"}, names); err != nil || d != "" {
		t.Errorf("modulesIn(): %v (-want +got):\n%s", err, d)
	}
}

func TestInitRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		files []string
		ci    string
		want  string
	}{
		"no module":          {nil, "", "neither Kbuild nor Makefile"},
		"a CI of nobody":     {[]string{"Makefile"}, "githab", `did you mean "github"?`},
		"a file of CI there": {[]string{"Makefile", ".gitlab-ci.yml"}, "gitlab", "there is a .gitlab-ci.yml already"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, file := range tt.files {
				put(t, dir, file, "")
			}
			_, err := Init(dir, tt.ci)
			if fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Init() = %v; want an error of usage with %q", err, tt.want)
			}
			if _, err := os.Stat(filepath.Join(dir, File)); err == nil {
				t.Errorf("%s was written all the same", File)
			}
		})
	}
}

func TestIgnore(t *testing.T) {
	for name, tt := range map[string]struct{ before, want string }{
		"no file":         {"", "/kmodlab-out/\n"},
		"others":          {"*.ko\n", "*.ko\n/kmodlab-out/\n"},
		"an unended line": {"*.ko", "*.ko\n/kmodlab-out/\n"},
		"there already":   {"/kmodlab-out/\n*.ko\n", "/kmodlab-out/\n*.ko\n"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if tt.before != "" {
				put(t, dir, ".gitignore", tt.before)
			}
			path, err := Ignore(dir, "kmodlab-out")
			if err != nil {
				t.Fatal(err)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != tt.want {
				t.Errorf(".gitignore is %q, %v; want %q", text, err, tt.want)
			}
		})
	}
}
