// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
)

const wrongs = "harness/testdata/wrong"

// wrong is what noticed.toml says of a module.
type wrong struct {
	Module, Mistake string
	Noticed         map[string]string
}

// The tables of wrong modules are what noticed.toml says of them, which a test of
// harness/internal/matrix compares with what kernels say. It tells of every module.
func TestNoticed(t *testing.T) {
	var file struct{ Wrong []wrong }
	if _, err := toml.DecodeFile(filepath.Join(root, wrongs, "noticed.toml"), &file); err != nil {
		t.Fatal(err)
	}
	page, short := "| mistake | 5.10 | 6.12 | 7.3 | 6.12 debug |\n|---|---|---|---|---|\n", "| module | what is wrong |\n|---|---|\n"
	told := map[string]bool{}
	for _, w := range file.Wrong {
		told[w.Module] = true
		source := filepath.Join("..", wrongs, w.Module+".c")
		page += fmt.Sprintf("| [%s](%s) | %s | %s | %s | %s |\n", w.Mistake, source, verdictIn(w.Noticed["5.10"]), verdictIn(w.Noticed["6.12"]), verdictIn(w.Noticed["7.3"]), noticed(w.Noticed["6.12 debug"]))
		short += fmt.Sprintf("| `%s` | %s |\n", w.Module, w.Mistake)
		if !strings.Contains(read(t, filepath.Join(wrongs, w.Module+".c")).text, "/* Wrong: ") {
			t.Errorf("%s.c does not say what is wrong", w.Module)
		}
	}
	sources, err := filepath.Glob(filepath.Join(root, wrongs, "*.c"))
	if err != nil {
		t.Fatal(err)
	}
	var modules []string
	for _, path := range sources {
		if name := strings.TrimSuffix(filepath.Base(path), ".c"); name != "callback_event" { // it does nothing wrong
			modules = append(modules, name)
		}
	}
	compareSets(t, "noticed.toml", slices.Collect(maps.Keys(told)), slices.Values(modules))
	replace(t, read(t, "docs/debug-kernels.md"), "noticed", func(string) string { return page })
	replace(t, read(t, filepath.Join(wrongs, "README.md")), "wrong", func(string) string { return short })
}

// verdictIn is how a table shows a verdict without its reason.
func verdictIn(noticed string) string {
	v, _, _ := strings.Cut(noticed, ": ")
	if v == "pass" {
		return ""
	}
	return "`" + v + "`"
}

// noticed is how a table shows a verdict with its reason.
func noticed(text string) string {
	v, reason, _ := strings.Cut(text, ": ")
	if reason == "" {
		return verdictIn(v)
	}
	return verdictIn(v) + " " + reason
}
