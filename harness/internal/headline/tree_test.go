// SPDX-License-Identifier: GPL-2.0-only

package headline

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// kernel is a small kernel's sources.
func kernel(oops string) fstest.MapFS {
	files := map[string]string{
		"kernel/rcu/tree.c": "#define pr_fmt(fmt) \"rcu: \" fmt\n#include \"stall.h\"\n#include <linux/x.h>\nvoid f(void)\n{\n\tpr_err(\"twice\\n\");\n\tWARN(1, \"loud\\n\");\n}\n",
		// Sorted before tree.c, and yet it knows the prefix.
		"kernel/rcu/stall.h": "static void stall(void)\n{\n\tpr_err(\"INFO: %s stalls|\\n\", name);\n}\n",
		"kernel/torture.c":   "void f(void)\n{\n\tpr_err(\"never\\n\");\n}\n",
		"kernel/Makefile":    "pr_err(\"never\")",
		"arch/x86/kernel/dumpstack.c": "static void __die_header(const char *str)\n{\n\tprintk(KERN_DEFAULT \"" + oops +
			"%s: %04lx [#%d]%s\\n\", str, err, n, pr);\n}\n",
		"arch/x86/kernel/traps.c": "void f(void)\n{\n\tdo_error_trap(regs, 0, \"divide error\", 0);\n\tdie(str, regs, 0);\n}\n",
		"mm/slub.c":               "void f(void)\n{\n\tpr_err(\"a `dump' of objects\\n\");\n\tpr_err(\"quiet\\n\");\n}\n",
	}
	sources := fstest.MapFS{}
	for name, text := range files {
		sources[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return sources
}

func tree(t *testing.T, sources fstest.MapFS) []Print {
	t.Helper()
	prints, err := Tree(sources)
	if err != nil {
		t.Fatal(err)
	}
	return prints
}

func TestTree(t *testing.T) {
	var got []string
	for _, p := range tree(t, kernel("Oops: ")) {
		got = append(got, fmt.Sprintf("%s: %s %q", p.File, p.Call, p.Format))
	}
	want := []string{
		`arch/x86/kernel/dumpstack.c: printk "Oops: %s: %04lx [#%d]%s\n"`,
		`arch/x86/kernel/traps.c: do_error_trap "Oops: divide error: %04lx [#%d]\n"`,
		`kernel/rcu/stall.h: pr_err "rcu: INFO: %s stalls|\n"`,
		`kernel/rcu/tree.c: pr_err "rcu: twice\n"`,
		`kernel/rcu/tree.c: WARN "loud\n"`,
		"mm/slub.c: pr_err \"a `dump' of objects\\n\"",
		`mm/slub.c: pr_err "quiet\n"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Tree (-want +got):\n%s", diff)
	}
}

const someReasons = `
[[hear]]
files = ["kernel/rcu/"]
texts = ["twice"]
kind = "memory"
title = "queued twice"

[[reason]]
files = ["mm/"]
texts = ["a ` + "`" + `dump"]
class = "follows"
why = "a dump"

[[reason]]
files = ["mm/"]
class = "boot"
why = "set-up"
`

func TestPage(t *testing.T) {
	reasons, err := parseReasons(someReasons)
	if err != nil {
		t.Fatal(err)
	}
	newer := kernel("Oops: ")
	delete(newer, "mm/slub.c")
	all := []Series{{"6.1", "6.1.1-1", tree(t, kernel(""))}, {"6.12", "6.12.1-1", tree(t, newer)}}
	got := Page(all, reasons.Judge(Rows(all), func(line string) string {
		if strings.Contains(line, "INFO: ") || strings.HasPrefix(line, "Oops: ") {
			return "lockup"
		}
		return ""
	}))
	golden := filepath.Join("testdata", "page.md")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("page (-want +got):\n%s", diff)
	}
}

// What is in hear comes before what is in reason, and the first before the next.
func TestJudge(t *testing.T) {
	reasons, err := parseReasons(someReasons)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ file, sample, heard, want string }{
		{"kernel/rcu/tree.c", "rcu: twice", "", "hear memory"},
		{"kernel/rcu/tree.c", "rcu: twice", "bug", "heard bug"},
		{"kernel/rcu/tree.c", "once", "", "open"},
		{"kernel/sched.c", "twice", "", "open"},
		{"mm/slub.c", "a `dump", "", "follows"},
		{"mm/slub.c", "not a `dump", "", "boot"},
	} {
		j := reasons.Judge([]Row{{Sample: tc.sample, File: tc.file}}, func(string) string { return tc.heard })[0]
		got := j.Reason.Class
		switch {
		case j.Heard != "":
			got = "heard " + j.Heard
		case j.Hear.Kind != "":
			got = "hear " + j.Hear.Kind
		case j.open():
			got = "open"
		}
		if got != tc.want {
			t.Errorf("%s: %q, heard as %q: %s; want %s", tc.file, tc.sample, tc.heard, got, tc.want)
		}
	}
}

func TestReasons(t *testing.T) {
	reasons, err := LoadReasons()
	if err != nil {
		t.Fatal(err)
	}
	if len(reasons.Reason) == 0 {
		t.Error("no reasons; want some")
	}
	kinds := []string{"panic", "oops", "bug", "warning", "lockup", "deadlock", "sanitizer", "memory", "taint"}
	for _, h := range reasons.Hear {
		if !slices.Contains(kinds, h.Kind) {
			t.Errorf("%s: kind %q; want one of %v", h.Title, h.Kind, kinds)
		}
	}
	for _, text := range []string{
		"[[reason]]\nfiles = [\"a\"]\nclass = \"boot\"\n",
		"[[reason]]\nfiles = [\"a\"]\nclass = \"other\"\nwhy = \"x\"\n",
		"[[reason]]\nclass = \"boot\"\nwhy = \"x\"\n",
		"[[hear]]\nfiles = [\"a\"]\nkind = \"bug\"\ntitle = \"x\"\n",
		"[[hear]]\nfiles = [\"a\"]\ntexts = [\"b\"]\ntitle = \"x\"\n",
		"[[reason]]\nfiles = [\"a\"]\nclass = \"boot\"\nwhy = \"x\"\nfile = \"a\"\n",
		"[[",
	} {
		if _, err := parseReasons(text); err == nil {
			t.Errorf("parseReasons(%q) has no error", text)
		}
	}
}
