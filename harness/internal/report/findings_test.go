// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"strings"
	"testing"

	"kmodlab/harness/internal/verdict"
)

// A finding is told once, with the cases that have it, and of those that passed
// only.
func TestFindings(t *testing.T) {
	record := func(name, column string, v verdict.Verdict, findings ...string) verdict.Record {
		return verdict.Record{Lesson: "l", Case: name, Column: column, Verdict: v, Findings: findings}
	}
	var b strings.Builder
	Findings(&b, []verdict.Record{
		record("a", "6.12", verdict.Pass),
		record("a", "7.3", verdict.Pass, "x is deprecated", "y\x1b is obsolete"),
		record("b", "7.3", verdict.Pass, "x is deprecated"),
		record("c", "7.3", verdict.Fail, "z is deprecated"),
	})
	const want = `
passed, and the kernel remarked:
  x is deprecated
    l/a on 7.3, l/b on 7.3
  y? is obsolete
    l/a on 7.3
`
	if b.String() != want {
		t.Errorf("Findings() = %q; want %q", b.String(), want)
	}
	b.Reset()
	if Findings(&b, []verdict.Record{record("a", "6.12", verdict.Pass)}); b.Len() > 0 {
		t.Errorf("Findings(none) = %q", b.String())
	}
}
