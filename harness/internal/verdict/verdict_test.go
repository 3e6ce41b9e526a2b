// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"testing"

	"kmodlab/internal/fault"
)

func TestOwner(t *testing.T) {
	want := map[Verdict]fault.Owner{Pass: "", Unsupported: "", Build: fault.Build, Infra: fault.Harness,
		Fail: fault.Module, Load: fault.Module, Splat: fault.Module, Panic: fault.Module, Hang: fault.Module}
	for _, v := range All() {
		owner, ok := want[v]
		if !ok || v.Owner() != owner {
			t.Errorf("%s.Owner() = %q; want %q", v, v.Owner(), owner)
		}
	}
	if len(All()) != len(want) {
		t.Errorf("All() has %d verdicts; want %d", len(All()), len(want))
	}
}
