// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"errors"
	"testing"
)

func TestBisect(t *testing.T) {
	for _, tt := range []struct {
		name string
		says string // of each: a letter; "?" cannot be probed
		want int
	}{
		{"one", "a", 1},
		{"two that differ", "ab", 1},
		{"no change", "aaaa", 4},
		{"late change", "aaaaaaab", 7},
		{"early change", "abbbbbbb", 1},
		{"third answer", "aaabbccc", 3},
		{"the middle cannot be probed", "aa??bb", 4},
		{"nothing between can be probed", "a????b", 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := map[int]int{}
			before, got, err := Bisect(len(tt.says), func(i int) (string, error) {
				asked[i]++
				if tt.says[i] == '?' {
					return "", errors.New("gone")
				}
				return tt.says[i : i+1], nil
			})
			if err != nil || got != tt.want {
				t.Errorf("Bisect(%s) = %d, %v; want %d", tt.says, got, err, tt.want)
			}
			if got < len(tt.says) && tt.says[before] != tt.says[0] {
				t.Errorf("Bisect(%s) = %d before it; want one that is like the first", tt.says, before)
			}
			for i, times := range asked {
				if times > 1 && len(tt.says) > 1 {
					t.Errorf("Bisect(%s) asked %d times for %d; want once", tt.says, times, i)
				}
			}
		})
	}
	if _, _, err := Bisect(3, func(i int) (string, error) { return "", errors.New("gone") }); err == nil {
		t.Error("Bisect() with ends that cannot be probed succeeded; want the error")
	}
}

// TestBisectAsksFew checks that the number of questions grows as the logarithm.
func TestBisectAsksFew(t *testing.T) {
	asked := 0
	_, got, err := Bisect(1000, func(i int) (string, error) {
		asked++
		if i < 617 {
			return "pass", nil
		}
		return "fail", nil
	})
	if err != nil || got != 617 || asked > 12 {
		t.Errorf("Bisect(1000) = %d, %v with %d questions; want 617 with at most 12", got, err, asked)
	}
}
