// SPDX-License-Identifier: GPL-2.0-only

// Package lint asks everybody who has an opinion on the sources: formatters,
// compilers that look twice, checkers. Nobody shall have anything to say, and
// who cannot be asked is told.
package lint

import (
	"context"
	"fmt"

	"kmodlab/internal/step"
)

// Check is somebody who is asked.
type Check struct {
	Name    string
	LeftOut string // why it is not asked; "" when it is

	// Ask returns what the check has to say, a finding each; an error when it
	// could not be asked.
	Ask func(context.Context) ([]string, error)
}

// Report is what became of all checks.
type Report struct {
	Findings int     // of all checks
	Unasked  []error // why checks could not be asked; those that are left out are not among them
}

// Run asks the checks one after the other, as steps on ctx, and calls say with
// the findings of each that has any. It ends early when ctx does.
func Run(ctx context.Context, checks []Check, say func(check string, findings []string)) Report {
	var r Report
	for _, c := range checks {
		if ctx.Err() != nil {
			break
		}
		if c.LeftOut != "" {
			step.Note(ctx, "%s is left out: %s", c.Name, c.LeftOut)
			continue
		}
		s := step.Start(ctx, "%s", c.Name)
		findings, err := c.Ask(ctx)
		switch {
		case err != nil:
			r.Unasked = append(r.Unasked, s.End(fmt.Errorf("%s could not be asked: %w", c.Name, err)))
		case len(findings) > 0:
			s.End(fmt.Errorf("%d findings", len(findings)))
			r.Findings += len(findings)
			say(c.Name, findings)
		default:
			s.End(nil)
		}
	}
	return r
}
