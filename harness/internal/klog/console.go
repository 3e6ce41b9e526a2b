// SPDX-License-Identifier: GPL-2.0-only

package klog

import "strings"

// dropped ends what a console is told of records that came too fast for it,
// "** 23 printk messages dropped **". To Linux 4.9 a blank followed and no
// newline (kernel/printk/printk.c, console_unlock), so the record after it stands
// in the same line.
const dropped = " printk messages dropped **"

// console reads a line of a console, of dmesg or of the journal, in which more
// than one may stand.
func (r *reader) console(s string) {
	glued := false
	for {
		from, to := notice(s)
		if from < 0 {
			break
		}
		if from > 0 {
			r.pieces(s[:from], glued)
		}
		r.emit(Line{Level: -1}, s[from:to])
		r.width = 0
		if s = strings.TrimLeft(s[to:], " "); s == "" {
			return
		}
		glued = true
	}
	r.pieces(s, glued)
}

// notice returns from where to where s tells of dropped records, or -1.
func notice(s string) (from, to int) {
	for at := 0; ; {
		i := strings.Index(s[at:], dropped)
		if i < 0 {
			return -1, -1
		}
		from = at + i
		at = from + len(dropped)
		for from > 0 && s[from-1] >= '0' && s[from-1] <= '9' {
			from--
		}
		if strings.HasSuffix(s[:from], "** ") {
			return from - len("** "), at
		}
	}
}

// pieces reads a line in which records may begin in the middle: somebody had
// written something and not ended the line. Where glued is true, a kernel ended
// something else just before it.
func (r *reader) pieces(s string, glued bool) {
	for first := true; r.more; first = false {
		h := r.peel(s)
		next := -1
		if !h.whole {
			next = innerStamp(h.text)
		}
		text := h.text
		if next >= 0 {
			text = text[:next]
		}
		switch {
		case h.marked:
			r.marked = true
			r.before, r.width = h.Line, len(s)-len(h.text)+h.name
			r.emit(h.Line, text)
		case next < 0:
			r.unmarked(s, text, glued)
		case strings.TrimSpace(text) != "":
			r.emit(Line{Level: -1, Other: true}, text)
		}
		if !first {
			r.width = 0 // neither dmesg nor the journal writes such lines
		}
		if next < 0 {
			return
		}
		s = h.text[next:]
	}
}

// unmarked reads a line that says nothing of where it is from. Where dmesg and
// the journal show a record of several lines, all but the first are behind as
// many blanks as the first has before its text (safe_fwrite in util-linux's
// sys-utils/dmesg.c, print_multiline in systemd's src/shared/logs-show.c).
func (r *reader) unmarked(s, text string, glued bool) {
	if r.width > 0 && len(s) >= r.width && strings.TrimLeft(s[:r.width], " ") == "" {
		r.emit(r.before, s[r.width:])
		return
	}
	r.width = 0
	r.emit(Line{Level: -1, Other: r.marked && !glued}, text)
}
