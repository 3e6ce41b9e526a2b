// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
)

// A view that shows cases when they have ended tells of one that lasts, and of
// the step that it is at; and no longer when it has ended.
func TestViewsTellOfCasesThatLast(t *testing.T) {
	for name, view := range map[string]func(*report.Terminal) matrix.View{
		"brief":  func(v *report.Terminal) matrix.View { return brief{v} },
		"digest": func(v *report.Terminal) matrix.View { return newDigest(v, "out") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var shown strings.Builder
				v := view(report.NewTerminal(&shown, false, 0))
				v.Step("6.12.1", "a/b", "insmod a")
				time.Sleep(50 * time.Second)
				v.Step("6.12.1", "a/b", "rmmod a")
				time.Sleep(20 * time.Second)
				synctest.Wait()
				if want := "...    60.0s  a/b on 6.12.1: rmmod a\n"; shown.String() != want {
					t.Errorf("after a minute it shows %q; want %q", shown.String(), want)
				}
				v.Verdict(verdict.Record{Kernel: "6.12.1", Lesson: "a", Case: "b", Verdict: verdict.Pass})
				shown.Reset()
				time.Sleep(time.Hour)
				synctest.Wait()
				if shown.String() != "" {
					t.Errorf("after the verdict it shows %q; want nothing", shown.String())
				}
			})
		})
	}
}
