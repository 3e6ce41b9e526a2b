// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"strings"
)

var (
	// varying is what differs from run to run: addresses, offsets, numbers of
	// processes, inodes and the like.
	varying = regexp.MustCompile(`(?i)\b(?:0x)?[0-9a-f]{8,16}\b|\+0x[0-9a-f]+/0x[0-9a-f]+|\b(?:PID|pid|i|n)[:=] ?[0-9a-f]+|\[#\d+\]|\(ptrval\)|\(____ptrval____\)|/0x[0-9a-f]{8}/\d+`)
	spaces  = regexp.MustCompile(`\s+`)
)

// title says what happened and where, in words that are the same on every run
// and, as far as the kernels agree, on every kernel; and the function alone.
func (r *report) title(sig *headline, trace []frame) (title, function string) {
	where, guest := place(trace)
	if r.doubted && where != nil && guest != where && isHelper(where.function) {
		where, guest = nil, nil // the frame that counts was not told apart
	}
	if where != nil {
		function = where.function
	}
	title = clean(expand(sig, r.head))
	switch {
	case !sig.located || where == nil:
	case guest == where:
		title += " in " + where.function + " [" + where.module + "]"
	case guest != nil:
		title += " in " + where.function + ", called by " + guest.function + " [" + guest.module + "]"
	default:
		title += " in " + where.function
	}
	if sig.kind == Warning && r.message != "" && !isBody(r.message) {
		title += ": " + clean(r.message)
	}
	return title, function
}

func expand(sig *headline, head string) string {
	match := sig.pattern.FindStringSubmatchIndex(head)
	return string(sig.pattern.ExpandString(nil, sig.what, head, match))
}

// place returns the innermost function that is no helper, or the innermost one
// where there are only helpers, and the innermost one of a module; nil where there
// is none.
func place(trace []frame) (where, guest *frame) {
	for i := range trace {
		f := &trace[i]
		if where == nil && (!isHelper(f.function) || f.module != "" && !inModules.MatchString(f.function)) {
			where = f
		}
		if guest == nil && f.module != "" && !inModules.MatchString(f.function) {
			guest = f
		}
	}
	if where == nil && len(trace) > 0 {
		where = &trace[0]
	}
	return where, guest
}

// clean removes what differs from run to run.
func clean(text string) string {
	text = varying.ReplaceAllString(text, "")
	return strings.Trim(spaces.ReplaceAllString(text, " "), " :-,.")
}
