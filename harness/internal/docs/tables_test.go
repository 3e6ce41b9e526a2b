// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages"
)

// table is a Markdown table behind its marker: <!-- table: NAME -->.
var table = regexp.MustCompile(`(?m)^<!-- table: ([a-z ]+) -->\n\n?((?:\|.*\n)+)`)

// rows returns the cells of the page's tables called name, without head and
// rule.
func rows(t *testing.T, p page, name string) [][]string {
	t.Helper()
	var all [][]string
	for _, m := range table.FindAllStringSubmatch(p.text, -1) {
		if m[1] != name {
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(m[2]), "\n")[2:] {
			all = append(all, cells(line))
		}
	}
	if len(all) == 0 {
		t.Fatalf("%s has no table behind <!-- table: %s -->", p.path, name)
	}
	return all
}

func cells(line string) []string {
	var all []string
	for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
		all = append(all, strings.TrimSpace(cell))
	}
	return all
}

// column returns what stands as code in the first cells of a table.
func column(t *testing.T, p page, name string) []string {
	t.Helper()
	var all []string
	for _, row := range rows(t, p, name) {
		for _, m := range span.FindAllStringSubmatch(row[0], -1) {
			all = append(all, m[1])
		}
	}
	return all
}

// fill makes the cell at position at of each row what of says of the row.
func fill(t *testing.T, p page, name string, at int, of func(row []string) string) {
	t.Helper()
	replace(t, p, name, func(old string) string {
		lines := strings.Split(strings.TrimSpace(old), "\n")
		for i, line := range lines[2:] {
			row := cells(line)
			row[at] = of(row)
			lines[i+2] = strings.ReplaceAll("| "+strings.Join(row, " | ")+" |", "|  |", "| |")
		}
		return strings.Join(lines, "\n") + "\n"
	})
}

// replace makes the page's tables called name what made says of each.
func replace(t *testing.T, p page, name string, made func(old string) string) {
	t.Helper()
	rows(t, p, name) // there are some
	var diff string
	want := table.ReplaceAllStringFunc(p.text, func(block string) string {
		m := table.FindStringSubmatch(block)
		if m[1] != name {
			return block
		}
		filled := made(m[2])
		diff += cmp.Diff(m[2], filled)
		return strings.TrimSuffix(block, m[2]) + filled
	})
	p.rewrite(t, want, diff)
}

// Every verdict is explained, and shown.
func TestVerdicts(t *testing.T) {
	var want []string
	for _, v := range verdict.All() {
		want = append(want, string(v))
	}
	readme, failures := read(t, "README.md"), read(t, "docs/read-a-failure.md")
	compareSets(t, readme.path, column(t, readme, "verdicts"), slices.Values(want))
	for _, v := range want {
		if !slices.Contains(anchors(failures), v) {
			t.Errorf("%s has no heading for %s", failures.path, v)
		}
	}
}

// Every command of a script is explained.
func TestCommands(t *testing.T) {
	p := read(t, "docs/add-a-lesson.md")
	var got []string
	for _, command := range column(t, p, "commands") {
		got = append(got, strings.Fields(strings.TrimPrefix(command, "! "))[0])
	}
	slices.Sort(got)
	compareSets(t, p.path, slices.Compact(got), slices.Values(lesson.Commands()))
}

// Every condition that is explained is one that a kernel understands, and there
// is no other kind.
func TestConditions(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{".config": "CONFIG_PREEMPT_RCU=y\n", "Module.symvers": "0x00000000\ttask_work_add\tvmlinux\tEXPORT_SYMBOL_GPL\t\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	conditions, err := kernel.NewConditions(&kernel.Kernel{Release: "6.12.1", Version: "6.12.1-1", Config: filepath.Join(dir, ".config"), Headers: dir})
	if err != nil {
		t.Fatal(err)
	}
	p := read(t, "docs/add-a-lesson.md")
	kinds := map[string]bool{}
	for _, condition := range column(t, p, "conditions") {
		if condition == "cpus:2" { // asks for a VM, not of a kernel
			continue
		}
		if _, err := conditions.Has(condition); err != nil {
			t.Errorf("%s explains %q: %v", p.path, condition, err)
		}
		kind, _, _ := strings.Cut(strings.TrimPrefix(condition, "!"), ":")
		kinds[kind+":"] = true
	}
	_, err = conditions.Has("no such")
	compareSets(t, p.path, slices.Collect(maps.Keys(kinds)), slices.Values(regexp.MustCompile(`\b[a-z]+:`).FindAllString(afterWrite(err), -1)))
}

// afterWrite is what an error says should be written.
func afterWrite(err error) string {
	_, hint, _ := strings.Cut(err.Error(), "write ")
	return hint
}

// Each expression chooses the kernels that the page says.
func TestExpressions(t *testing.T) {
	catalogue, err := vmimages.Load()
	if err != nil {
		t.Fatal(err)
	}
	fill(t, read(t, "docs/compare-kernels.md"), "expressions", 1, func(row []string) string {
		flags := map[string]string{}
		for _, word := range words(strings.Trim(row[0], "`")) {
			name, value, _ := strings.Cut(strings.TrimPrefix(word, "-"), "=")
			flags[name] = strings.Trim(value, "'")
		}
		chosen, err := catalogue.Select(flags["kernel"], flags["flavour"], flags["arch"])
		if err != nil {
			t.Fatalf("%s: %v", row[0], err)
		}
		var names []string
		for _, ch := range chosen {
			name := catalogue.Name(ch)
			if ch.Every {
				name += ".*"
			}
			names = append(names, name)
		}
		return strings.Join(names, ", ")
	})
}

// The fields of results.json are those of a record.
func TestRecordFields(t *testing.T) {
	var want []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[verdict.Record]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		want = append(want, name)
	}
	p := read(t, "docs/compare-kernels.md")
	compareSets(t, p.path, column(t, p, "fields"), slices.Values(want))
}

// Every lesson is on the path, once, with what it needs.
func TestPath(t *testing.T) {
	lessons, err := lesson.Find(filepath.Join(root, "kmod"))
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]lesson.Lesson{}
	for _, l := range lessons {
		byName[l.Name] = l
	}
	p := read(t, "kmod/README.md")
	var path []string
	for _, row := range rows(t, p, "path") {
		name := nameIn(row)
		for _, n := range needs(byName[name]) {
			if _, isLesson := byName[n]; isLesson && !slices.Contains(path, n) {
				t.Errorf("%s: %s comes before %s, which it needs", p.path, name, n)
			}
		}
		path = append(path, name)
	}
	compareSets(t, p.path, path, maps.Keys(byName))
	fill(t, p, "path", 2, func(row []string) string {
		var cell []string
		for _, n := range needs(byName[nameIn(row)]) {
			cell = append(cell, "`"+n+"`")
		}
		return strings.Join(cell, ", ")
	})
}

// nameIn returns the lesson that a row links to.
func nameIn(row []string) string {
	return strings.TrimPrefix(strings.Split(row[0], "]")[0], "[")
}

// needs returns what all cases of the lesson need: modules of other lessons,
// and conditions.
func needs(l lesson.Lesson) []string {
	count := map[string]int{}
	for _, c := range l.Cases {
		needed := slices.Clone(c.Requires)
		for _, m := range c.Modules {
			if m != l.Name {
				needed = append(needed, m)
			}
		}
		if c.CPUs > 1 {
			needed = append(needed, fmt.Sprintf("cpus:%d", c.CPUs))
		}
		for _, n := range needed {
			count[n]++
		}
	}
	var all []string
	for _, n := range slices.Sorted(maps.Keys(count)) {
		if count[n] == len(l.Cases) {
			all = append(all, n)
		}
	}
	return all
}
