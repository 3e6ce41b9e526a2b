// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

var (
	varying = regexp.MustCompile(`(?i)\b(?:0x)?[0-9a-f]{8,16}\b|\+0x[0-9a-f]+/0x[0-9a-f]+|\b(?:PID|pid):? \d+|\[#\d+\]|\(ptrval\)|\(____ptrval____\)`)
	spaces  = regexp.MustCompile(`\s+`)
	stamp   = regexp.MustCompile(`^(?:<\d+>)?\[\s*\d+\.\d+\](?:\[\s*[TC]\d+\])? ?`)
	clock   = regexp.MustCompile(`\[\s*(\d+\.\d{6})\]`)
	glued   = regexp.MustCompile(`.\[\s*\d+\.\d{6}\] `)
)

// title says what happened and where, in words that are the same on every run
// and, as far as the kernels agree, on every kernel.
func (r *report) title(trace []frame) string {
	match := r.sig.pattern.FindStringSubmatchIndex(r.head)
	what := clean(string(r.sig.pattern.ExpandString(nil, r.sig.what, r.head, match)))
	if r.sig.located {
		what += place(trace)
	}
	if r.sig.kind == Warning && r.message != "" && !isBody(r.message) {
		what += ": " + clean(r.message)
	}
	return what
}

// place names the innermost function that is no helper, and the innermost one
// of a module where that is another.
func place(trace []frame) string {
	var where, guest *frame
	for i := range trace {
		f := &trace[i]
		if where == nil && !helper.MatchString(f.function) || where == nil && f.module != "" && !inlined.MatchString(f.function) {
			where = f
		}
		if guest == nil && f.module != "" && !inlined.MatchString(f.function) {
			guest = f
		}
	}
	switch {
	case where == nil:
		return ""
	case guest == where:
		return fmt.Sprintf(" in %s [%s]", where.function, where.module)
	case guest != nil:
		return fmt.Sprintf(" in %s, called by %s [%s]", where.function, guest.function, guest.module)
	}
	return " in " + where.function
}

// clean removes what differs from run to run.
func clean(text string) string {
	text = varying.ReplaceAllString(text, "")
	return strings.Trim(spaces.ReplaceAllString(text, " "), " :-,.")
}

// stampOf returns the time that a console's line bears.
func stampOf(line string) (time.Duration, bool) {
	at := clock.FindStringSubmatch(line)
	if at == nil {
		return 0, false
	}
	d, err := time.ParseDuration(at[1] + "s")
	return d, err == nil
}

// stripStamp removes a console's timestamp from a line, and what user space had
// written before it without ending its line.
func stripStamp(line string) string {
	if at := glued.FindStringIndex(line); at != nil && stamp.FindString(line) == "" {
		return line[at[1]:]
	}
	return line[len(stamp.FindString(line)):]
}
