// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"testing"

	"kmodlab/harness/fault"
)

func TestOwner(t *testing.T) {
	want := map[Verdict]fault.Party{Pass: "", Unsupported: "", Build: fault.Build, Infra: fault.Harness,
		Fail: fault.Module, Load: fault.Module, Splat: fault.Module, Panic: fault.Module, Hang: fault.Module}
	for _, v := range All() {
		party, ok := want[v]
		if !ok || v.Owner() != party {
			t.Errorf("%s.Owner() = %q; want %q", v, v.Owner(), party)
		}
	}
	if len(All()) != len(want) {
		t.Errorf("All() has %d verdicts; want %d", len(All()), len(want))
	}
}
