// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"testing"

	"kmodlab/harness/internal/splat"
)

// What a lesson may show excuses the flag that it sets, and no other.
func TestUnexpectedTaint(t *testing.T) {
	oops, warning := splat.Splat{Kind: splat.Oops}, splat.Splat{Kind: splat.Warning}
	for _, tc := range []struct {
		name        string
		mask        uint64
		found, left []splat.Splat
		want        string
	}{
		{"a lesson's own modules", 1<<12 | 1<<13, nil, nil, ""},
		{"an Oops that nobody saw", 1 << 7, nil, nil, "0x80"},
		{"an Oops that is allowed", 1 << 7, []splat.Splat{oops}, nil, ""},
		{"an Oops that is not", 1 << 7, []splat.Splat{oops}, []splat.Splat{oops}, "0x80"},
		{"two, and one is allowed", 1 << 7, []splat.Splat{oops, oops}, []splat.Splat{oops}, "0x80"},
		{"an Oops beside a warning that is allowed", 1<<7 | 1<<9, []splat.Splat{warning}, nil, "0x80"},
		{"a warning that is allowed", 1 << 9, []splat.Splat{warning}, nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := unexpected(tc.mask, tc.found, tc.left); got != tc.want {
				t.Errorf("unexpected flags %q; want %q", got, tc.want)
			}
		})
	}
}
