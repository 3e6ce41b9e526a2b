// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"strings"

	"kmodlab/harness/internal/verdict"
)

// step is a step with the expected log beside the printed one.
type step struct {
	Text, Section string
	Compared      bool
	Equal         bool
	Lines         []pair
}

// pair is a line of the expected log beside one of the printed log.
type pair struct {
	Want, Got string
	Kind      string // "same", "want" (only expected), "got" (only printed)
}

func steps(all []verdict.Step) []step {
	var shown []step
	for _, s := range all {
		one := step{Text: s.Text, Section: s.Section, Compared: s.Compared, Equal: s.Equal}
		if s.Compared {
			one.Lines = beside(lines(s.Expected), lines(s.Got))
		} else {
			for _, line := range lines(s.Got) {
				one.Lines = append(one.Lines, pair{Got: line, Kind: "new"})
			}
		}
		shown = append(shown, one)
	}
	return shown
}

func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// table is the largest table of common subsequences that beside fills; what is
// larger, no person compares line by line.
const table = 1 << 20

// beside puts two logs beside each other, so that as many lines as possible
// stand beside their like.
func beside(want, got []string) []pair {
	var head, tail []pair
	for len(want) > 0 && len(got) > 0 && want[0] == got[0] {
		head = append(head, pair{want[0], got[0], "same"})
		want, got = want[1:], got[1:]
	}
	for len(want) > 0 && len(got) > 0 && want[len(want)-1] == got[len(got)-1] {
		line := want[len(want)-1]
		tail = append([]pair{{line, line, "same"}}, tail...)
		want, got = want[:len(want)-1], got[:len(got)-1]
	}
	return append(append(head, middle(want, got)...), tail...)
}

// middle aligns logs by their longest common subsequence.
func middle(want, got []string) []pair {
	var common [][]int // common[i][j]: the length for want[i:], got[j:]
	if (len(want)+1)*(len(got)+1) <= table {
		common = make([][]int, len(want)+1)
		for i := range common {
			common[i] = make([]int, len(got)+1)
		}
		for i := len(want) - 1; i >= 0; i-- {
			for j := len(got) - 1; j >= 0; j-- {
				common[i][j] = max(common[i+1][j], common[i][j+1])
				if want[i] == got[j] {
					common[i][j] = common[i+1][j+1] + 1
				}
			}
		}
	}
	var pairs []pair
	i, j := 0, 0
	for i < len(want) || j < len(got) {
		switch {
		case common != nil && i < len(want) && j < len(got) && want[i] == got[j]:
			pairs = append(pairs, pair{want[i], got[j], "same"})
			i, j = i+1, j+1
		case j == len(got) || i < len(want) && (common == nil || common[i+1][j] >= common[i][j+1]):
			pairs = append(pairs, pair{Want: want[i], Kind: "want"})
			i++
		default:
			pairs = append(pairs, pair{Got: got[j], Kind: "got"})
			j++
		}
	}
	return pairs
}
