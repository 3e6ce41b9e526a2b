// SPDX-License-Identifier: GPL-2.0-only

package splat

// Fold puts one line in the place of each report of trouble in lines ("[warning]
// double register detected"), and [foldedTrace] in the place of each stack dump
// that a module asked for. What a report says is news, its registers and
// addresses are not; they stay in the log of the case.
func Fold(lines []string) []string {
	var folded []string
	next := 0
	for _, s := range In(lines) {
		folded = append(folded, lines[next:s.First]...)
		folded = append(folded, "["+string(s.Kind)+"] "+s.news())
		next = s.Last + 1
	}
	return foldTraces(append(folded, lines[next:]...))
}

// news is the message that WARN() was given, for a report that has one, and the
// report's title otherwise.
func (s Splat) news() string {
	if s.Kind != Warning || !cutHere(s.Lines[0]) || len(s.Lines) < 2 || warned.MatchString(s.Lines[1]) {
		return s.Title
	}
	return s.Lines[1]
}

var warned = starting(`WARNING: `)
