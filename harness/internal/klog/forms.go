// SPDX-License-Identifier: GPL-2.0-only

package klog

import "strings"

// forms is what is known of the forms of a log: what a line cannot tell of
// itself.
type forms struct {
	marked bool   // a line told that it is of a kernel's log: one that does not is user space's
	host   string // of the journal; see monotonic
}

// head is a line's beginning as it was understood.
type head struct {
	Line          // without text
	text   string // what is left of the line
	marked bool   // there was something to understand
	whole  bool   // the text is one record's: no other begins in it
	name   int    // how much of the text is the name of the program that wrote it
}

// shortest is how long a line is at least that tells anything: "<4>".
const shortest = 3

// peel takes from s what a form puts before a text. It looks at the beginning
// of s only, however long that is.
func (f *forms) peel(s string) head {
	h := head{Line: Line{Level: -1}, text: s}
	h.marked = h.take(priority) || h.take(decoded)
	bare := !h.marked
	if h.dated() {
		bare = false
	}
	stamped := false
	for range 3 { // dmesg takes --time-format more than once
		if !h.take(stamp) {
			break
		}
		stamped, h.marked = true, true
	}
	if !h.marked && h.labelled() {
		h.marked = true
	}
	if h.take(caller) {
		h.marked, bare = true, false
	}
	if bare && stamped {
		f.monotonic(&h)
	}
	return h
}

// dated takes a date and the name of who spoke then.
func (h *head) dated() bool {
	rest, by := date(h.text)
	if by == nobody {
		return false
	}
	h.text = rest
	if by == dmesg {
		h.Stamped, h.marked = true, true
		return true
	}
	if !h.program(by == runner) {
		return false // the date is a runner's, and the line is what stands behind it
	}
	h.Stamped, h.marked, h.whole = true, true, true
	return true
}

// labelled takes what a program writes before each line of a console that it
// shows, and the stamp behind it.
func (h *head) labelled() bool {
	i := strings.IndexByte(h.text[:min(len(h.text), 64)], '[')
	if i <= 0 || !isLabel(h.text[:i]) {
		return false
	}
	rest, ok := stamp(h.text[i:], &h.Line)
	if ok {
		h.text = rest
	}
	return ok
}

// isLabel knows "console: ", "serial0 | ", "host kernel: ", "> " and blanks. A
// prompt is none: it ends otherwise, or has more words.
func isLabel(s string) bool {
	s = strings.TrimRight(s, " \t")
	if s == "" {
		return true
	}
	word := strings.TrimRight(s, ":|> \t")
	return len(word) < len(s) && !strings.Contains(strings.TrimSuffix(word, " kernel"), " ")
}

// take has read take something from the text.
func (h *head) take(read func(string, *Line) (string, bool)) bool {
	rest, ok := read(h.text, &h.Line)
	if ok {
		h.text = rest
	}
	return ok
}
