// SPDX-License-Identifier: GPL-2.0-only

// Package explain says what a kernel's log has to tell, of any machine: each
// complaint once, where it stands, and whose it is.
package explain

import (
	"fmt"
	"io"
	"iter"

	"kmodlab/harness/internal/klog"
	"kmodlab/harness/internal/splat"
)

// Complaint is one complaint of a kernel, however often it came.
type Complaint struct {
	Kind     splat.Kind `json:"kind"`
	Title    string     `json:"title"`
	Whose    string     `json:"whose"`              // a sentence
	Module   string     `json:"module,omitempty"`   // on top of the call trace
	Function string     `json:"function,omitempty"` // in which it happened
	First    int        `json:"first"`              // line of the log where it is first told
	Last     int        `json:"last"`               // and where that ends
	Times    int        `json:"times"`
	Seconds  float64    `json:"seconds,omitempty"` // since boot, where the log tells
	Follows  bool       `json:"follows,omitempty"` // it only happened because of one before it
	Essence  []string   `json:"essence"`           // the report, without registers
}

// Log is what there is to say of a log.
type Log struct {
	Lines      int         `json:"lines"`   // that the kernel printed
	Stamped    int         `json:"stamped"` // of those, with the time
	Others     int         `json:"others"`  // lines that somebody else wrote
	Complaints []Complaint `json:"complaints"`
	Dropped    int         `json:"dropped,omitempty"` // complaints beyond those that are kept
	Taints     []Complaint `json:"taints,omitempty"`  // what modules say of themselves: on a healthy machine, too
}

// most is how many different complaints of a log are kept.
const most = 1000

// Read reads a log to its end, in whatever form it is, packed or not. An error is
// that of r, or of what is packed in it.
func Read(r io.Reader) (Log, error) {
	var l Log
	r, err := unpacked(r)
	if err != nil {
		return l, err
	}
	at := map[string]*Complaint{}
	var all []*Complaint
	for s := range splat.Find(l.counting(klog.Lines(r), &err)) {
		c, known := at[s.Title]
		switch {
		case known:
			c.Times++
		case len(all) == most:
			l.Dropped++
		default:
			c = &Complaint{
				Kind: s.Kind, Title: s.Title, Whose: whose(s), Module: s.Module, Function: s.Function,
				First: s.First, Last: s.Last, Times: 1, Seconds: s.Time.Seconds(), Follows: s.Follows, Essence: s.Essence(),
			}
			at[s.Title] = c
			all = append(all, c)
		}
	}
	for _, c := range all {
		if c.Kind == splat.Taint {
			l.Taints = append(l.Taints, *c)
		} else {
			l.Complaints = append(l.Complaints, *c)
		}
	}
	return l, err
}

// counting hands on lines and counts them. It ends at an error, which it leaves in
// failed.
func (l *Log) counting(lines iter.Seq2[klog.Line, error], failed *error) iter.Seq[klog.Line] {
	return func(yield func(klog.Line) bool) {
		for line, err := range lines {
			switch {
			case err != nil:
				*failed = err
				return
			case line.Other:
				l.Others++
			case line.Text != "":
				l.Lines++
				if line.Stamped {
					l.Stamped++
				}
			}
			if !yield(line) {
				return
			}
		}
	}
}

// whose says in a sentence whose a complaint is.
func whose(s splat.Splat) string {
	switch {
	case s.Follows:
		return "it follows from the trouble before it"
	case s.Kind == splat.Taint:
		return "a module says so of itself"
	case s.Module != "":
		return fmt.Sprintf("the module %s is on top of the call trace", s.Module)
	case len(s.Trace) > 0:
		return "no function of a module is on the call trace: the kernel's own, or what a module left behind"
	}
	return "nothing in the report tells"
}
