// SPDX-License-Identifier: GPL-2.0-only

package target

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"kmodlab/harness/fault"
	"kmodlab/harness/matrix"
	"kmodlab/harness/report"
	"kmodlab/harness/step"
)

// Test runs the project's Go tests and then every lesson on every kernel of
// the test set, or on those that the flags name.
func Test(ctx context.Context, w io.Writer, f Flags) error {
	ctx, l, err := open(ctx, w, f.Locked)
	if err != nil {
		return status(err)
	}
	var trouble error
	if f.Shard == "" || strings.HasPrefix(f.Shard, "1/") { // of several machines, one tests the harness
		trouble = l.goTests(ctx)
	}
	_, j, err := l.matrix(ctx, f, 0, func(l *lab) matrix.View { return brief{l.view} })
	if err != nil {
		return err
	}
	l.view.Printf("\n")
	report.Table(w, j)
	report.Failures(w, j.Records, outFolder)
	l.news(j.Changes)
	if trouble != nil {
		l.view.Printf("\n%v\n", trouble)
	}
	if err := l.conclude(w, j); err != nil {
		return err
	}
	if trouble != nil {
		return failed(fault.ExitFailed, "the cases passed, but not all else is well")
	}
	return nil
}

// goTests runs go test on the whole module and shows what it printed when it
// failed.
func (l *lab) goTests(ctx context.Context) error {
	s := step.Start(ctx, "go test ./...")
	cmd := exec.CommandContext(ctx, "go", "test", "./...")
	cmd.Dir = l.root
	cmd.WaitDelay = 5 * time.Second
	output, err := cmd.CombinedOutput()
	if err != nil {
		l.view.Printf("%s", report.Indent(string(output), "  "))
		err = fmt.Errorf("go test ./...: %w", err)
	}
	return s.End(err)
}
