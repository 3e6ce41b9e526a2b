// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"kmodlab/harness/internal/verdict"
)

// annotation is an error at a place in the sources, on some kernels.
type annotation struct {
	file    string // "" for what has no place in the sources
	line    int    // 0 when none is known
	title   string
	text    string
	kernels []string
}

// Annotations writes what of a judgement did not pass as commands that GitHub shows beside the
// sources: the compiler's messages at their lines, everything else at the line
// of the script. Findings are warnings. What happens on several kernels is one annotation, for GitHub
// shows but ten a step.
func Annotations(w io.Writer, j verdict.Judgement) error {
	for _, a := range annotations(j) {
		place := ""
		if a.file != "" {
			place = "file=" + githubProperty(a.file) + ","
		}
		if a.line > 0 {
			place += fmt.Sprintf("line=%d,", a.line)
		}
		title := a.title
		if len(a.kernels) > 0 {
			title += fmt.Sprintf(" (%s)", strings.Join(a.kernels, ", "))
		}
		if _, err := fmt.Fprintf(w, "::error %stitle=%s::%s\n", place, githubProperty(title), githubText(a.text)); err != nil {
			return err
		}
	}
	for _, f := range findingsOf(j.Records) {
		text := printable(f.Text) + "\n" + strings.Join(f.Cases, ", ")
		if _, err := fmt.Fprintf(w, "::warning title=finding::%s\n", githubText(text)); err != nil {
			return err
		}
	}
	return nil
}

// reproduce begins an annotation's last line.
const reproduce = "\nreproduce: "

func annotations(j verdict.Judgement) []annotation {
	var all []annotation
	if j.Ledger != "" {
		all = append(all, annotation{title: ledger, text: printable(j.Ledger)})
	}
	for _, r := range j.Records {
		if !Failed(r) {
			continue
		}
		var news []annotation
		for _, m := range r.Messages {
			news = append(news, annotation{file: m.File, line: m.Line, title: string(r.Verdict), text: m.Text})
		}
		switch {
		case len(news) > 0:
		case r.Log == "": // it never began: nothing in the sources is to blame
			news = []annotation{{title: string(r.Verdict), text: printable(r.Reason)}}
		default:
			text := strings.TrimRight(r.Reason+"\n"+r.Diff+r.Trouble, "\n") + reproduce + r.Reproduce
			news = []annotation{{file: r.Script, line: r.Line, title: fmt.Sprintf("%s: %s/%s", r.Verdict, r.Lesson, r.Case), text: printable(text)}}
		}
		for _, a := range news {
			all = join(all, a, r)
		}
	}
	return all
}

// join appends a, or adds the kernel of r to the one that says the same.
func join(all []annotation, a annotation, r verdict.Record) []annotation {
	i := slices.IndexFunc(all, func(b annotation) bool {
		return a.file == b.file && a.line == b.line && a.title == b.title && sameBut(a.text, b.text)
	})
	if i < 0 {
		a.kernels = []string{r.Called()}
		return append(all, a)
	}
	if !slices.Contains(all[i].kernels, r.Called()) {
		all[i].kernels = append(all[i].kernels, r.Called())
	}
	return all
}

// sameBut tells whether two texts are the same but for the line that says how
// to reproduce it, which names the kernel.
func sameBut(a, b string) bool {
	a, _, _ = strings.Cut(a, reproduce)
	b, _, _ = strings.Cut(b, reproduce)
	return a == b
}

// githubText escapes the message of a workflow command.
func githubText(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(text)
}

// githubProperty escapes a property of a workflow command.
func githubProperty(text string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(text)
}
