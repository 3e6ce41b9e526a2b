// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"kmodlab/harness/internal/emulator"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/suite"
	"kmodlab/internal/step"
)

// How the Go tests are run. Results of an earlier run are not taken, for what
// go knows a result by leaves out QEMU and the kernels. The packages that run
// VMs use all CPUs; two of them at once would only wait for each other, with
// twice the memory. The limit is for a test that never ends: the longest
// package takes two minutes, and the slowest machine that was seen was twenty
// times slower.
var goTestFlags = []string{"-count=1", "-p=1", "-timeout=80m"}

// goTests runs the Go tests in dir, the long ones, too, if they are wanted, and
// tells of those that failed or were skipped. It returns a closing line, and why
// not all is well.
func (l *lab) goTests(ctx context.Context, dir string, long bool, rules []suite.Rule) (string, error) {
	env := []string{emulator.Env + "=" + string(l.qemu)}
	if long {
		env = append(env, suite.Long+"=1")
	}
	result, err := suite.Run(ctx, dir, env, goTestFlags...)
	if ctx.Err() != nil {
		return "", err
	}
	for _, p := range result.Broken() {
		l.view.Printf("\nFAIL  %s\n%s", p.Name, report.Indent(p.Text(), "  "))
	}
	if n := len(result.Broken()); n > 0 {
		err = errors.Join(err, fmt.Errorf("tests of %d Go packages fail", n))
	}
	err = errors.Join(err, l.skips(suite.Judge(ctx, rules, dir, result)))
	for _, name := range result.Hollow() {
		l.view.Printf("of package %s no test ran\n", name)
	}
	return fmt.Sprintf("\nGo tests: %d passed, %d failed, %d skipped", len(result.Passed()), len(result.Failed()), len(result.Skipped())), err
}

// skips tells of the Go tests that were skipped. Where nobody expects it, and
// nobody watches, it is an error.
func (l *lab) skips(j suite.Judgement) error {
	l.listSkips("Go tests that are skipped here:", j.Allowed)
	l.listSkips("Go tests that should not have been skipped:", j.Unexpected)
	for _, r := range j.Idle {
		l.view.Printf("note: no test needs the rule for %q in %s here\n", r.Test, suite.RulesFile)
	}
	if len(j.Unexpected) > 0 && os.Getenv("CI") != "" {
		return fmt.Errorf("%d Go tests were skipped that have to run where CI is set", len(j.Unexpected))
	}
	return nil
}

func (l *lab) listSkips(title string, skips []suite.Skip) {
	if len(skips) == 0 {
		return
	}
	l.view.Printf("\n%s\n", title)
	for _, s := range skips {
		reason, _, _ := strings.Cut(s.Reason(), "\n")
		l.view.Printf("  %s: %s (%s)\n", s.ID(), or(reason, "no reason given"), s.Note)
	}
}

// kernelOfGoTests sees to it that the kernel that most Go tests want is in the
// cache. A run of the test set has it there already.
func (l *lab) kernelOfGoTests(ctx context.Context) {
	source, err := l.kernel(ctx, Flags{})
	if err == nil {
		_, err = source.Get(ctx)
	}
	if err != nil && ctx.Err() == nil {
		step.Note(ctx, "Go tests are going to be skipped: %v", err)
	}
}
