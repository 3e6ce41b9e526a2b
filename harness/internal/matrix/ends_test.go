// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"fmt"
	"testing"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/harness/internal/vm"
)

// A guest that ended as the script asked is no fault of anybody's; one that
// ended otherwise, or that was not asked to, is.
func TestFactsOfAnEnd(t *testing.T) {
	lost := fmt.Errorf("wrapped: %w", &vm.Lost{Kind: vm.LostExited, During: "run"})
	for name, tt := range map[string]struct {
		outcome lesson.Outcome
		how     vm.How
		want    verdict.Verdict
	}{
		"a reset as asked":              {lesson.Outcome{Finished: true, Ended: lesson.Reset}, vm.Reset, verdict.Pass},
		"a power-off as asked":          {lesson.Outcome{Finished: true, Ended: lesson.PowerOff}, vm.PowerOff, verdict.Pass},
		"a reset with other last lines": {lesson.Outcome{Problem: "the log differs", Ended: lesson.Reset}, vm.Reset, verdict.Fail},
		"a reset that nobody asked for": {lesson.Outcome{Err: lost}, vm.Reset, verdict.Panic},
		"a power-off likewise":          {lesson.Outcome{Err: lost}, vm.PowerOff, verdict.Fail},
		"a panic instead of the end":    {lesson.Outcome{Err: lost}, vm.Panicked, verdict.Panic},
		"the guest lives on":            {lesson.Outcome{Err: fmt.Errorf("true: %w", errLivesOn)}, vm.Closed, verdict.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			got := verdict.Judge(facts(&guest{}, tt.outcome, vm.Fate{How: tt.how}))
			if got.Verdict != tt.want {
				t.Errorf("Judge(facts(%+v, %s)) = %+v; want %s", tt.outcome, tt.how, got, tt.want)
			}
		})
	}
}
