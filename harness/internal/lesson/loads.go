// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"bufio"
	"strings"
)

// Load is an insert or a remove that a script takes for granted: one without a
// "!" before it.
type Load struct {
	Conditions []string // as the script writes them, "!kernel:>=6.1"; all must hold
	Remove     bool
	Module     string
	Params     []string // of an insert, "name=value" each
}

// String returns the step as a script writes it.
func (l Load) String() string {
	if l.Remove {
		return "rmmod " + l.Module
	}
	return strings.Join(append([]string{"insmod", l.Module}, l.Params...), " ")
}

// readLoads returns the loads among the lines of a script.
func readLoads(script string) []Load {
	var loads []Load
	for sc := bufio.NewScanner(strings.NewReader(script)); sc.Scan(); {
		conditions, negated, words := splitLine(strings.TrimSpace(sc.Text()))
		if negated || len(words) < 2 || words[0] != "insmod" && words[0] != "rmmod" {
			continue
		}
		loads = append(loads, Load{Conditions: conditions, Remove: words[0] == "rmmod", Module: words[1], Params: words[2:]})
	}
	return loads
}

// splitLine splits a script line into its conditions, its negation and its
// words; a comment and a blank line have none.
func splitLine(line string) (conditions []string, negated bool, words []string) {
	if strings.HasPrefix(line, "#") {
		return nil, false, nil
	}
	words = strings.Fields(line)
	for len(words) > 0 {
		switch condition, ok := strings.CutPrefix(words[0], "["); {
		case words[0] == "!":
			negated = true
		case ok:
			conditions = append(conditions, strings.TrimSuffix(condition, "]"))
		default:
			return conditions, negated, words
		}
		words = words[1:]
	}
	return conditions, negated, nil
}

// Main returns the case that stands for the lesson: of those that insert a
// module, the one with the lesson's own name, else the one called transcript,
// else the first. There is none in a lesson that never inserts anything.
func (l Lesson) Main() (Case, bool) {
	var first *Case
	for _, name := range []string{l.Name, "transcript", ""} {
		for i, c := range l.Cases {
			if len(c.Loads) == 0 || c.Loads[0].Remove {
				continue
			}
			if c.Name == name {
				return c, true
			}
			if first == nil {
				first = &l.Cases[i]
			}
		}
	}
	if first == nil {
		return Case{}, false
	}
	return *first, true
}
