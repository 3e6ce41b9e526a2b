// SPDX-License-Identifier: GPL-2.0-only

package headline

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Page is the table of headlines as a Markdown page, for docs/headlines.md.
func Page(all []Series, judged []Judged) string {
	var b strings.Builder
	b.WriteString("<!-- Made by \"go tool mage kernels:headlines\" from the sources of the kernels. Do not edit. -->\n\n")
	b.WriteString("# What kernels print when they complain, and who hears it\n\n")
	b.WriteString("Read from the sources of the kernels' core: see `harness/internal/headline`. A conversion of a\n" +
		"format has a plausible value: `name`, `1`, `func+0x10/0x20`. *heard as* is the kind of trouble that a\n" +
		"report is which begins with this line; **to hear** is a complaint that nobody hears yet; of the rest\n" +
		"`reasons.toml` says why nobody has to. A line that follows another one need not be heard alone.\n\n")
	summary(&b, all, judged)
	b.WriteString("\n## The headlines\n\n| headline | file | " + strings.Join(names(all), " | ") + " | heard as |\n|---|---|" + strings.Repeat("---|", len(all)+1) + "\n")
	for _, j := range judged {
		if j.own() {
			line(&b, all, j)
		}
	}
	rest(&b, judged)
	return b.String()
}

func names(all []Series) []string {
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}

// summary tells for each series how many places complain, and what becomes of
// them.
func summary(b *strings.Builder, all []Series, judged []Judged) {
	b.WriteString("| | " + strings.Join(names(all), " | ") + " |\n|---|" + strings.Repeat("---|", len(all)) + "\n")
	row := func(what string, cell func(s Series) any) {
		fmt.Fprintf(b, "| %s |", what)
		for _, s := range all {
			fmt.Fprintf(b, " %v |", cell(s))
		}
		b.WriteString("\n")
	}
	count := func(s Series, of func(j Judged) bool) (n int) {
		for _, j := range judged {
			if slices.Contains(j.Series, s.Name) && of(j) {
				n++
			}
		}
		return n
	}
	row("version", func(s Series) any { return s.Version })
	row("places that WARN(), BUG() or panic(), which are announced", func(s Series) any {
		return len(slices.DeleteFunc(slices.Clone(s.Prints), func(p Print) bool { return !p.Loud }))
	})
	row("other headlines", func(s Series) any { return count(s, func(Judged) bool { return true }) })
	row("of these heard", func(s Series) any { return count(s, func(j Judged) bool { return j.Heard != "" }) })
	row("to hear", func(s Series) any { return count(s, func(j Judged) bool { return j.Hear.Kind != "" }) })
	for _, class := range classes {
		row(class, func(s Series) any { return count(s, func(j Judged) bool { return j.Reason.Class == class }) })
	}
	row("not judged", func(s Series) any { return count(s, Judged.open) })
}

// open says whether nothing is known of the headline.
func (j Judged) open() bool { return j.Heard == "" && j.Hear.Kind == "" && j.Reason.Class == "" }

// line is the row of one headline.
func line(b *strings.Builder, all []Series, j Judged) {
	fmt.Fprintf(b, "| %s | `%s` |", code(j.Sample), j.File)
	for _, s := range all {
		mark := ""
		if slices.Contains(j.Series, s.Name) {
			mark = " x"
		}
		b.WriteString(mark + " |")
	}
	switch {
	case j.Heard != "":
		fmt.Fprintf(b, " %s |\n", j.Heard)
	case j.Hear.Kind != "":
		fmt.Fprintf(b, " **to hear**: %s, %s |\n", j.Hear.Kind, j.Hear.Title)
	default:
		fmt.Fprintf(b, " %s: %s |\n", j.Reason.Class, j.Reason.Why)
	}
}

// code is a text in a cell of a table.
func code(text string) string {
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
	if strings.Contains(text, "`") {
		return "`` " + text + " ``"
	}
	return "`" + text + "`"
}

// rest tells how many headlines are not worth a row, by folder and reason.
func rest(b *strings.Builder, judged []Judged) {
	type group struct{ folder, class, why string }
	counts := map[group]int{}
	for _, j := range judged {
		if !j.own() {
			folder := strings.Join(strings.Split(path.Dir(j.File), "/")[:min(3, strings.Count(j.File, "/"))], "/")
			counts[group{folder, cmp.Or(j.Reason.Class, "not judged"), j.Reason.Why}]++
		}
	}
	b.WriteString("\n## The others\n\n| folder | headlines | | |\n|---|---|---|---|\n")
	order := func(a, b group) int {
		return cmp.Or(cmp.Compare(a.folder, b.folder), cmp.Compare(a.class, b.class), cmp.Compare(a.why, b.why))
	}
	for _, g := range slices.SortedFunc(maps.Keys(counts), order) {
		fmt.Fprintf(b, "| `%s` | %d | %s | %s |\n", g.folder, counts[g], g.class, g.why)
	}
}
