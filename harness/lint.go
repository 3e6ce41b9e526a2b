// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"fmt"
	"io"
	"os"

	"kmodlab/harness/internal/host"
	"kmodlab/harness/internal/lint"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// Lint asks everybody who has an opinion on the sources, and fails when anybody
// has something to say. What could not be asked is told, and fails a CI run.
func (h Home) Lint(ctx context.Context, w io.Writer, f Flags) error {
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	checks, err := l.checks(ctx, f)
	if err != nil {
		return ended(ctx, err)
	}
	r := lint.Run(ctx, checks, func(check string, findings []string) {
		for _, finding := range findings {
			l.view.Printf("  %s: %s\n", check, finding)
		}
	})
	if ctx.Err() != nil {
		return interrupted()
	}
	return l.concludeLint(r, os.Getenv("CI") != "")
}

// checks are those of the flags' kernels, and all others.
func (l *lab) checks(ctx context.Context, f Flags) ([]lint.Check, error) {
	checks := append(lint.Go(l.home.Sources), lint.Workflows(l.home.Sources), lint.Scripts(l.home.Sources))
	sources, err := l.kernels(ctx, f)
	if err != nil {
		return nil, err
	}
	if err := host.Ensure(ctx, host.Needs()); err != nil {
		return append(checks, unaskable("checkpatch, W=1 and sparse", err)), nil
	}
	linters, err := l.provider.Linters(ctx)
	if err != nil {
		return append(checks, unaskable("checkpatch, W=1 and sparse", err)), nil
	}
	checks = append(checks, lint.Style(l.home.Sources, linters.Checkpatch)...)
	checks = append(checks, lint.Blueprint(l.cache, newest(sources), linters.Checkpatch))
	return append(checks, lint.Modules(l.cache, l.home.Sources, sources, lint.Tool{Dir: linters.Dir, Path: linters.Sparse})...), nil
}

// newest returns the last of the kernels, which are in the catalogue's order.
func newest(sources []kernel.Source) kernel.Source { return sources[len(sources)-1] }

// unaskable is the check that stands for those that cannot be had.
func unaskable(name string, err error) lint.Check {
	return lint.Check{Name: name, Ask: func(context.Context) ([]string, error) { return nil, err }}
}

// concludeLint says how the checks ended, and turns it into what mage exits with. In
// CI nobody reads what could not be asked.
func (l *lab) concludeLint(r lint.Report, ci bool) error {
	for _, err := range r.Unasked {
		l.view.Printf("%v\n", err)
	}
	switch {
	case r.Findings > 0:
		return failed(fault.ExitFailed, "%s", plural(r.Findings, "finding"))
	case len(r.Unasked) > 0 && ci:
		return failed(fault.ExitHarness, "%s could not be asked", plural(len(r.Unasked), "check"))
	case len(r.Unasked) > 0:
		l.view.Printf("nobody else has anything to say; %s could not be asked\n", plural(len(r.Unasked), "check"))
	default:
		l.view.Printf("nobody has anything to say\n")
	}
	return nil
}

func plural(n int, what string) string {
	if n == 1 {
		return fmt.Sprintf("1 %s", what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
