// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"errors"
	"io"
	"strings"
	"testing"

	"kmodlab/harness/internal/lint"
	"kmodlab/harness/internal/report"
	"kmodlab/internal/fault"
)

// A finding fails, and so does what could not be asked where nobody reads it.
func TestLintJudges(t *testing.T) {
	unasked := []error{errors.New("sparse could not be asked")}
	for _, tc := range []struct {
		name   string
		report lint.Report
		ci     bool
		code   int
	}{
		{"nothing to say", lint.Report{}, true, 0},
		{"a finding", lint.Report{Findings: 1}, false, fault.ExitFailed},
		{"not asked, a person looks on", lint.Report{Unasked: unasked}, false, 0},
		{"not asked, in CI", lint.Report{Unasked: unasked}, true, fault.ExitHarness},
		{"a finding, and not asked", lint.Report{Findings: 2, Unasked: unasked}, true, fault.ExitFailed},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var said strings.Builder
			l := &lab{view: report.NewTerminal(io.Writer(&said), false, 0)}
			code := 0
			if s, ok := errors.AsType[Status](l.concludeLint(tc.report, tc.ci)); ok {
				code = s.Code
			}
			if code != tc.code {
				t.Errorf("exit status %d; want %d", code, tc.code)
			}
			if len(tc.report.Unasked) > 0 && !strings.Contains(said.String(), "sparse could not be asked") {
				t.Errorf("it said %q; want what could not be asked", said.String())
			}
		})
	}
}
