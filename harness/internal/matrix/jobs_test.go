// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"strings"
	"testing"
)

func TestAvailable(t *testing.T) {
	for text, want := range map[string]int{
		"MemTotal:       24576000 kB\nMemFree:  100 kB\nMemAvailable:    2048000 kB\n": 2000,
		"MemTotal: 1 kB\n": 1 << 30,
		"":                 1 << 30,
	} {
		if got := available(strings.NewReader(text)); got != want {
			t.Errorf("available(%q) = %d; want %d", text, got, want)
		}
	}
}

func TestFitting(t *testing.T) {
	for _, tt := range []struct{ most, mib, want int }{{8, 1 << 20, 8}, {8, 2000, 5}, {8, 300, 1}, {2, 0, 1}} {
		if got := fitting(tt.most, tt.mib); got != tt.want {
			t.Errorf("fitting(%d, %d MiB) = %d; want %d", tt.most, tt.mib, got, tt.want)
		}
	}
}
