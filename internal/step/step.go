// SPDX-License-Identifier: GPL-2.0-only

// Package step is the one stream of progress that every view listens to.
//
// Whatever is slow is a step: it has a name, a start, perhaps progress, an end
// and perhaps an error. Code that works starts steps on its context; views
// (terminal, CI log) are listeners put into that context by whoever started
// the run. Code without a listener in its context runs silently.
package step

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// Kind tells the events of a step apart.
type Kind int

// The kinds of events.
const (
	Began    Kind = iota // the step started
	Advanced             // Done of Total units are done
	Noted                // a remark that a user should see; no step needed
	Ended                // the step is over, Err says how
)

// Event is something that happened in a step.
type Event struct {
	Kind        Kind
	ID          int64         // the same for all events of one step; 0 for a note outside a step
	Name        string        // what the step does: "download linux-image-6.1.0-56-cloud-amd64"
	Text        string        // the remark of Noted
	Done, Total int64         // bytes or items, for Advanced; Total 0 means unknown
	Elapsed     time.Duration // since the start, for Ended
	Err         error         // for Ended; nil when all went well
}

// Listener receives events. It is called from many goroutines at once.
type Listener func(Event)

type listenerKey struct{}

// With returns a context whose steps are reported to l.
func With(ctx context.Context, l Listener) context.Context {
	return context.WithValue(ctx, listenerKey{}, l)
}

// Step is work in progress.
type Step struct {
	listen Listener
	id     int64
	name   string
	began  time.Time
}

var lastID atomic.Int64 // identity only: steps of one process never share an id

// Start begins a step. The name is formatted as by [fmt.Sprintf].
func Start(ctx context.Context, format string, args ...any) *Step {
	s := &Step{listen: listener(ctx), id: lastID.Add(1), name: fmt.Sprintf(format, args...), began: time.Now()}
	s.listen(Event{Kind: Began, ID: s.id, Name: s.name})
	return s
}

// Progress reports that done of total units (bytes, items) are done.
func (s *Step) Progress(done, total int64) {
	s.listen(Event{Kind: Advanced, ID: s.id, Name: s.name, Done: done, Total: total})
}

// End ends the step and returns err, so that a function can end with
// "return s.End(err)".
func (s *Step) End(err error) error {
	s.listen(Event{Kind: Ended, ID: s.id, Name: s.name, Elapsed: time.Since(s.began), Err: err})
	return err
}

// Note reports a remark that a user should see, formatted as by [fmt.Sprintf].
func Note(ctx context.Context, format string, args ...any) {
	listener(ctx)(Event{Kind: Noted, Text: fmt.Sprintf(format, args...)})
}

func listener(ctx context.Context) Listener {
	if l, ok := ctx.Value(listenerKey{}).(Listener); ok {
		return l
	}
	return func(Event) {}
}
