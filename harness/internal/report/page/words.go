// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"strings"

	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
)

// symbol stands before a verdict, so that it can be told without colour.
func symbol(v verdict.Verdict) string {
	switch v {
	case verdict.Pass:
		return "✓"
	case verdict.Unsupported:
		return "–"
	case verdict.Infra:
		return "?"
	}
	return "✗"
}

// short is a verdict that fits into a narrow cell.
func short(v verdict.Verdict) string {
	if v == verdict.Unsupported {
		return "unsup."
	}
	return string(v)
}

// visible shows characters that have no picture, such as those that would
// colour a terminal, by the pictures that Unicode has for them.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n':
			return r
		case r == '\r':
			return -1 // a console ends its lines with it
		case r < ' ':
			return '␀' + r
		case r == 0x7f:
			return '␡'
		}
		return r
	}, text)
}

// words are what the filter finds a cell by.
func words(r verdict.Record, k report.Kernel) string {
	return strings.ToLower(strings.Join([]string{r.Lesson + "/" + r.Case, k.Name, k.Label, r.Reason}, " "))
}

// started returns when the first of records started, "" when none did.
func started(records []verdict.Record) string {
	first := ""
	for _, r := range records {
		if r.Started != "" && (first == "" || r.Started < first) {
			first = r.Started
		}
	}
	day, clock, _ := strings.Cut(first, "T")
	clock, _, _ = strings.Cut(clock, ".")
	return strings.TrimSpace(day + " " + clock)
}
