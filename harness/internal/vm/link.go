// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"os"
	"sync"
	"syscall"
	"time"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/internal/wire"
)

// maxRecords bounds the memory that a module which never stops printing can
// take from us. Records beyond it count as lost.
const maxRecords = 200_000

// Answer is what became of a step: what the agent answered, and the kernel log
// of exactly that step, from the answer before up to this one.
type Answer struct {
	Errno   syscall.Errno // of the system call; 0 when the kernel agreed
	Output  []byte        // of a command, or the contents of a file
	Exit    int           // exit status of a command; 128 and more: ended by a signal
	Died    string        // how the task that did the work died, in words; empty when it lives
	Elapsed time.Duration // time the work took in the guest
	Records []kmsg.Record
	Lost    uint64 // records of the step that were overwritten before they were read
}

// link is the conversation with agent and executor. One goroutine reads each; any
// may send orders.
type link struct {
	agent, executor lane
	hello           chan wire.Hello // gets the agent's greeting

	mu      sync.Mutex
	lastID  uint64
	waiting map[uint64]waiter
	listen  func(kmsg.Record)
	records []kmsg.Record // all of them
	next    uint64        // the sequence number after the newest record's
	told    int           // how many records belong to steps that are over
	dropped uint64        // beyond maxRecords
	fallen  string        // how an executor died that had no order, until one asks
	buried  uint64        // up to this one, orders of an executor that died
}

// lane is the way to one of the two.
type lane struct {
	conn    *os.File
	sending sync.Mutex // keeps frames whole
}

// waiter is who waits for an answer.
type waiter struct {
	lane *lane
	c    chan reception
	peek bool // it is no step: the log goes on to belong to the one under way
}

// reception is an answer with the log of its step.
type reception struct {
	answer  *wire.Answer
	records []kmsg.Record
}

func newLink(agent, executor *os.File) *link {
	return &link{agent: lane{conn: agent}, executor: lane{conn: executor},
		waiting: map[uint64]waiter{}, hello: make(chan wire.Hello, 1), listen: func(kmsg.Record) {}}
}

// send sends an order and returns where its answer will arrive; nil for an
// order that cannot be sent whatever the VM does. Sending ends with ctx, for a
// guest that hangs does not read.
func (l *link) send(ctx context.Context, o *wire.Order) (<-chan reception, error) {
	return l.sendAs(ctx, o, false)
}

// peek asks for the log of the step that is under way, unless that was asked
// and not answered.
func (l *link) peek(ctx context.Context) {
	l.mu.Lock()
	for _, w := range l.waiting {
		if w.peek {
			l.mu.Unlock()
			return
		}
	}
	l.mu.Unlock()
	l.sendAs(ctx, &wire.Order{Verb: wire.DoSettle}, true)
}

func (l *link) sendAs(ctx context.Context, o *wire.Order, peek bool) (<-chan reception, error) {
	w := waiter{c: make(chan reception, 1), peek: peek}
	l.mu.Lock()
	w.lane = l.laneFor(o.Verb)
	l.lastID++
	o.ID = l.lastID
	l.waiting[o.ID] = w
	if w.lane == &l.executor && l.fallen != "" {
		l.deliver(w, &wire.Answer{ID: o.ID, Died: l.fallen})
		l.fallen = ""
		l.mu.Unlock()
		return w.c, nil
	}
	l.mu.Unlock()
	frame, err := wire.Append(nil, o)
	if err != nil {
		l.mu.Lock()
		delete(l.waiting, o.ID) // it keeps nobody busy
		l.mu.Unlock()
		return nil, err
	}
	return w.c, w.lane.write(ctx, frame)
}

// laneFor returns who does such an order. What both can do, the agent does while
// the executor is busy. The caller holds mu.
func (l *link) laneFor(verb wire.Verb) *lane {
	switch verb {
	case wire.DoInsert, wire.DoRemove, wire.DoWrite:
		return &l.executor
	case wire.DoRead, wire.DoSettle:
		for _, w := range l.waiting {
			if w.lane == &l.executor {
				return &l.agent
			}
		}
		return &l.executor
	}
	return &l.agent
}

func (n *lane) write(ctx context.Context, frame []byte) error {
	n.sending.Lock()
	defer n.sending.Unlock()
	n.conn.SetWriteDeadline(time.Time{})
	stop := context.AfterFunc(ctx, func() { n.conn.SetWriteDeadline(time.Now()) })
	defer stop()
	_, err := n.conn.Write(frame)
	return err
}

// expect returns where the answer to an order of the agent will arrive that was
// given before the VM was frozen. Orders that follow get higher numbers.
func (l *link) expect(id uint64) <-chan reception {
	w := waiter{lane: &l.agent, c: make(chan reception, 1)}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastID = id
	l.waiting[id] = w
	return w.c
}

// remember puts the records of a template before those that will come.
func (l *link) remember(records []kmsg.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(append([]kmsg.Record(nil), records...), l.records...)
	l.told += len(records)
	if n := len(l.records); n > 0 {
		l.next = l.records[n-1].Seq + 1
	}
}

// log returns all records, and how many were lost.
func (l *link) log() ([]kmsg.Record, uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.records[:len(l.records):len(l.records)], kmsg.Missing(l.records) + l.dropped
}
