// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Lines returns what a kernel printed into the log that r reads, line by line,
// in whatever form it is, and what others wrote between. It needs little memory,
// however long the log or a line of it is: of a line it reads 64 KiB. A log may
// change its form wherever it likes. Nothing comes before r has told enough of
// the beginning to know it by, a few lines as a rule. An error is that of r, and
// the end.
func Lines(r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		log := &reader{src: newSource(r), yield: yield, more: true}
		log.learn()
		err := log.read()
		if log.more && !errors.Is(err, io.EOF) {
			yield(Line{}, fmt.Errorf("line %d: %w", log.src.past+1, err))
		}
	}
}

// reader reads one log.
type reader struct {
	forms
	src   *source
	yield func(Line, error) bool
	more  bool // yield wants more
	n     int  // of the line that is read

	list   bool // within the list that dmesg -J prints
	record bool // the line before was a record of /dev/kmsg, or of its dictionary
	before Line // the line before, where that may go on,
	width  int  // behind this many blanks
}

// learn looks ahead for what the first lines of a log cannot tell: whether any
// is stamped, and whether it is the journal's. A kernel prints thousands of
// lines, but firmware and loaders may speak first.
func (r *reader) learn() {
	lines, marked := 0, 0
	r.src.ahead(func(raw []byte) bool {
		lines++
		if bytes.Contains(raw, []byte(`"MESSAGE"`)) || bytes.Contains(raw, []byte(`"dmesg"`)) {
			r.marked = true
			return true
		}
		s := wash(string(raw))
		if r.peel(s).marked || isRecord(s) || innerStamp(s) >= 0 {
			r.marked = true
			marked++
		}
		return lines >= 2000 || marked >= 8
	})
}

func (r *reader) read() error {
	for r.more {
		if r.list || r.src.next() == '{' {
			if r.objects() {
				continue
			}
		}
		raw, n, err := r.src.line()
		if raw == nil && err != nil {
			return err
		}
		s := wash(string(raw))
		if s == "" && len(raw) > 0 {
			continue // nothing but what nobody sees
		}
		r.n = n
		r.line(s)
	}
	return nil
}

// line reads a line that is washed.
func (r *reader) line(s string) {
	record := r.record
	r.record = false
	switch {
	case len(s) < shortest:
		r.unmarked(s, s, false)
		return
	case isRecord(s):
		if rec, err := parseRecord(s); err == nil {
			r.record, r.marked, r.width = true, true, 0
			r.emitAll(Line{Stamped: true, Time: rec.Time, Caller: rec.Caller, Level: rec.Priority, Other: rec.Facility != 0}, rec.Text)
			return
		}
	case record && isDict(s):
		r.record = true
		return
	case strings.HasPrefix(s, "{"):
		if l, text, ok := fromJournal(s); ok {
			r.marked, r.width = true, 0
			r.emitAll(l, text)
			return
		}
	}
	r.console(s)
}

// emit hands out a line. What is printed has no blank at its end that anybody
// could see.
func (r *reader) emit(l Line, text string) {
	l.N = r.n
	l.Text = strings.TrimRight(text, " \t")
	r.more = r.more && r.yield(l, nil)
}

// emitAll hands out the lines of a record, which are washed only now that no
// escapes are left in them.
func (r *reader) emitAll(l Line, text string) {
	for line := range strings.SplitSeq(text, "\n") {
		r.emit(l, wash(line))
	}
}

// objects reads an object that is not one line, if one comes.
func (r *reader) objects() bool {
	hope := r.src.at >= r.src.vain
	if r.list || hope && r.src.opensList() {
		r.list = r.dmesgObject()
		return true
	}
	return hope && r.src.opensPretty() && r.journalObject()
}

// dmesgObject reads the next object of the list, and tells whether there was
// one.
func (r *reader) dmesgObject() bool {
	r.src.skip(" \t\r\n,")
	raw, n := r.src.object(`"msg"`)
	l, text, ok := fromDmesg(string(raw))
	if !ok {
		r.src.closesList()
		return false
	}
	r.src.discard(raw)
	r.n, r.marked, r.width = n, true, 0
	r.emitAll(l, text)
	return true
}

// journalObject reads an object of many lines, if it is the journal's.
func (r *reader) journalObject() bool {
	raw, n := r.src.object(`"MESSAGE"`)
	l, text, ok := fromJournal(string(raw))
	if !ok {
		return false
	}
	r.src.discard(raw)
	r.src.skip(" \t\r\n")
	r.n, r.marked, r.width = n, true, 0
	r.emitAll(l, text)
	return true
}
