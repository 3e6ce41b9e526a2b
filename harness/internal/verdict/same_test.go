// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"testing"

	"kmodlab/internal/fault"
)

func TestDifferences(t *testing.T) {
	base := Record{Column: "6.12", Lesson: "l", Case: "c", Verdict: Fail, Owner: string(fault.Module), Reason: "insmod m: 7 records of the kernel log were lost"}
	for name, tt := range map[string]struct {
		change func(*Record)
		want   bool
	}{
		"nothing":          {func(*Record) {}, false},
		"the time it took": {func(r *Record) { r.Seconds, r.Started = 99, "later" }, false},
		"a note":           {func(r *Record) { r.Notes = []string{"x"} }, false},
		"a second attempt": {func(r *Record) { r.Retried = "x" }, false},
		"a number":         {func(r *Record) { r.Reason = "insmod m: 9812 records of the kernel log were lost" }, false},
		"the verdict":      {func(r *Record) { r.Verdict = Hang }, true},
		"the owner":        {func(r *Record) { r.Owner = string(fault.Host) }, true},
		"the reason":       {func(r *Record) { r.Reason = "insmod m: the log differs" }, true},
		"the cell":         {func(r *Record) { r.Column = "6.1" }, true},
	} {
		t.Run(name, func(t *testing.T) {
			other := base
			tt.change(&other)
			if got := Differences([]Record{base}, []Record{other}); (len(got) > 0) != tt.want {
				t.Errorf("Differences() = %q; want some: %v", got, tt.want)
			}
		})
	}
}
