// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// Select returns the lessons that names, a list with commas, asks for; all for
// "". A name that is none of them is a [fault.Error] of usage that lists them.
func Select(lessons []Lesson, names string) ([]Lesson, error) {
	if names == "" {
		return lessons, nil
	}
	wanted := strings.Split(names, ",")
	var known []string
	var found []Lesson
	for _, l := range lessons {
		known = append(known, l.Name)
		if slices.Contains(wanted, l.Name) {
			found = append(found, l)
		}
	}
	for _, name := range wanted {
		if !slices.Contains(known, name) {
			return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no lesson %q", name), Where: "-lesson", Hint: fault.Choices(name, "the lessons", known)}
		}
	}
	return found, nil
}

// Matching returns the lessons with those of their cases whose ID matches the
// regular expression; all for "". An expression that is none, or that matches
// no case, is a [fault.Error] of usage.
func Matching(lessons []Lesson, expression string) ([]Lesson, error) {
	if expression == "" {
		return lessons, nil
	}
	re, err := regexp.Compile(expression)
	if err != nil {
		return nil, &fault.Error{Owner: fault.Usage, What: "this is no regular expression", Where: "-run", Err: err}
	}
	var found []Lesson
	for _, l := range lessons {
		l.Cases = slices.DeleteFunc(slices.Clone(l.Cases), func(c Case) bool { return !re.MatchString(c.ID()) })
		if len(l.Cases) > 0 {
			found = append(found, l)
		}
	}
	if len(found) == 0 {
		return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("no case matches %q", expression), Where: "-run",
			Hint: "it is matched against lesson/case, as in notify/transcript; " + fault.Command("plan") + " lists them"}
	}
	return found, nil
}
