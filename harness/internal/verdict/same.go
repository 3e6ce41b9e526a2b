// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"fmt"
	"regexp"
)

// number is what may differ in two reasons that say the same: how many records
// were lost, for how many seconds a CPU was stuck.
var number = regexp.MustCompile(`\d+(?:\.\d+)?`)

// outcome is what two runs of a case have to agree in: not how long it took, nor
// how that was found out.
func (r Record) outcome() string {
	return fmt.Sprintf("%s (%s) %s", r.Verdict, r.Owner, number.ReplaceAllString(r.Reason, "#"))
}

// Differences tells, a line each, in which cells of before the records of after
// say something else, or nothing.
func Differences(before, after []Record) []string {
	now := map[string]Record{}
	for _, r := range after {
		now[r.ID()] = r
	}
	var all []string
	for _, was := range before {
		is, ok := now[was.ID()]
		switch {
		case !ok:
			all = append(all, fmt.Sprintf("%s: %s, and no record now", was.ID(), was.Verdict))
		case was.outcome() != is.outcome():
			all = append(all, fmt.Sprintf("%s: %s %s; now %s %s", was.ID(), was.Verdict, firstLine(was.Reason), is.Verdict, is.Reason))
		}
	}
	return all
}
