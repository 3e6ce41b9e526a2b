// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"bufio"
	"fmt"
	"html"
	"io"
	"strings"

	"kmodlab/harness/internal/verdict"
)

// How many failures a summary tells in full, and how many bytes of each: GitHub
// takes no more than 1 MiB of it.
const (
	summaryFailures = 40
	summaryAccount  = 16 << 10
)

// Summary writes a judgement as Markdown for the page of a CI job: the closing
// line, a table module x kernel, and every failure, folded.
func Summary(w io.Writer, j verdict.Judgement) error {
	b := bufio.NewWriter(w)
	g := NewGrid(j.Records)
	fmt.Fprintf(b, "## kmodlab\n\n%s\n\n", j.Closing())
	if j.Ledger != "" {
		fmt.Fprintf(b, ":x: %s\n\n", markdown(j.Ledger))
	}
	b.WriteString("| module |")
	for _, k := range g.Kernels {
		b.WriteString(" " + markdown(k.Name) + " |")
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(g.Kernels)) + "\n")
	for _, rows := range g.lessons() {
		b.WriteString("| " + markdown(rows[0].Lesson) + " |")
		for i := range g.Kernels {
			b.WriteString(" " + sum(rows, i) + " |")
		}
		b.WriteString("\n")
	}
	failures := FailuresOf(j.Records)
	for i, f := range failures {
		if i == summaryFailures {
			fmt.Fprintf(b, "\n%d more failures are in report.html.\n", len(failures)-i)
			break
		}
		r := f.Record
		text := accountOf(r)
		if len(text) > summaryAccount {
			text = text[:strings.LastIndexByte(text[:summaryAccount], '\n')+1] + "... more is in report.html\nreproduce: " + r.Reproduce + "\n"
		}
		fence := strings.Repeat("`", max(3, longestRun(text, '`')+1))
		fmt.Fprintf(b, "\n<details><summary><b>%s</b> %s on %s (fault of the %s)</summary>\n\n%sdiff\n%s%s\n\n</details>\n",
			r.Verdict, html.EscapeString(f.What()), html.EscapeString(r.On()), html.EscapeString(r.Owner), fence, text, fence)
	}
	for i, f := range findingsOf(j.Records) {
		if i == 0 {
			b.WriteString("\nPassed, and the kernel remarked:\n\n")
		}
		fmt.Fprintf(b, "- %s (%s)\n", markdown(printable(f.Text)), markdown(strings.Join(f.Cases, ", ")))
	}
	return b.Flush()
}

// sum is what the cases of a lesson amount to on kernel i.
func sum(rows []Row, i int) string {
	var passed, skipped, all int
	bad := map[verdict.Verdict]int{}
	for _, row := range rows {
		r := row.Cells[i]
		if r == nil {
			continue
		}
		all++
		switch r.Verdict {
		case verdict.Pass:
			passed++
		case verdict.Unsupported:
			skipped++
		default:
			bad[r.Verdict]++
		}
	}
	var words []string
	for _, v := range verdict.All() {
		if n := bad[v]; n > 0 {
			words = append(words, fmt.Sprintf("%s %d", v, n))
		}
	}
	switch {
	case len(words) > 0:
		return fmt.Sprintf(":x: %s of %d", strings.Join(words, ", "), all)
	case all == 0:
		return ""
	case passed == 0:
		return fmt.Sprintf(":heavy_minus_sign: unsupported %d", skipped)
	case skipped > 0:
		return fmt.Sprintf(":white_check_mark: pass %d, unsupported %d", passed, skipped)
	}
	return fmt.Sprintf(":white_check_mark: pass %d", passed)
}

func longestRun(text string, of rune) int {
	longest, now := 0, 0
	for _, r := range text {
		if r != of {
			now = 0
			continue
		}
		now++
		longest = max(longest, now)
	}
	return longest
}

// markdown makes text fit for a cell of a table.
func markdown(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "_", `\_`, "*", `\*`, "`", "\\`", "<", "&lt;").Replace(text)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
