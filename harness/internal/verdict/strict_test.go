// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Parts that were run without -strict and are merged with it are what they had
// been with it; those that were run so stay as they are.
func TestStrict(t *testing.T) {
	of := func(r Record, f Facts) Record {
		result := Judge(f)
		r.Verdict, r.Reason, r.Owner = result.Verdict, result.Reason, string(f.OwnerOf(result))
		return r
	}
	well := Facts{Began: true, Finished: true, Answered: true, Findings: []string{"x is deprecated"}}
	strictly := well
	strictly.Strict = true
	lax, strict := of(on("1", ""), well), of(on("1", ""), strictly)
	lax.Findings, lax.Reproduce, strict.Reproduce = well.Findings, "run it", "run it -strict"
	silent := on("2", Pass)
	for name, tt := range map[string]struct {
		run  Run
		want Record
	}{
		"lax, merged strictly":         {Run{Records: []Record{lax, silent}, Strict: true}, strict},
		"strict, merged strictly":      {Run{Records: []Record{strict, silent}, Strict: true}, strict},
		"strict, merged by who is lax": {Run{Records: []Record{strict, silent}}, strict},
		"lax all the way":              {Run{Records: []Record{lax, silent}}, lax},
	} {
		got := tt.run.Judge()
		if d := cmp.Diff([]Record{tt.want, silent}, got.Records); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if want := map[Verdict]int{Pass: 0, Fail: 1}[tt.want.Verdict]; got.Exit() != want {
			t.Errorf("%s: exit status %d; want %d", name, got.Exit(), want)
		}
	}
	if lax.Verdict != Pass {
		t.Errorf("the records that were given are changed: %+v", lax)
	}
}
