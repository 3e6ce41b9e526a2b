// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"testing"

	"kmodlab/harness/internal/vm"
)

// The console counts for a guest that did not live until it was ended, even one
// that dies after its last word; of one that did, the log has all.
func TestSplatsOfTheConsole(t *testing.T) {
	const console = "[    2.1] Kernel panic - not syncing: too late\n"
	for _, tt := range []struct {
		name     string
		how      vm.How
		answered bool
		want     int
	}{
		{"it lived to the end", vm.Closed, true, 0},
		{"it lived, and QEMU was slow to end", vm.Killed, true, 0},
		{"it panicked after its last word", vm.Panicked, true, 1},
		{"it reset itself after its last word", vm.Reset, true, 1},
		{"it did not answer", vm.Killed, false, 1},
		{"its agent did not answer", vm.Closed, false, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := splats(vm.Fate{How: tt.how, Console: console}, tt.answered); len(got) != tt.want {
				t.Errorf("splats() = %v; want %d", got, tt.want)
			}
		})
	}
}
