// SPDX-License-Identifier: GPL-2.0-only

package matrix

import "testing"

func TestFitting(t *testing.T) {
	for _, tt := range []struct{ most, mib, want int }{{8, 1 << 20, 8}, {8, 2000, 5}, {8, 300, 1}, {2, 0, 1}} {
		if got := fitting(tt.most, tt.mib); got != tt.want {
			t.Errorf("fitting(%d, %d MiB) = %d; want %d", tt.most, tt.mib, got, tt.want)
		}
	}
}
