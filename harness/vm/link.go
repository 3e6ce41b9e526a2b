// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"kmodlab/harness/kmsg"
	"kmodlab/harness/wire"
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

// link is the conversation with the agent. One goroutine reads it; any may
// send orders.
type link struct {
	conn *os.File

	sending sync.Mutex // keeps frames whole

	mu      sync.Mutex
	lastID  uint64
	waiting map[uint64]chan reception
	records []kmsg.Record // all of them
	told    int           // how many of them belong to steps that are over
	dropped uint64        // beyond maxRecords
	listen  func(kmsg.Record)
	hello   chan wire.Hello // gets the agent's greeting
}

// reception is an answer with the log of its step.
type reception struct {
	answer  *wire.Answer
	records []kmsg.Record
}

func newLink(conn *os.File) *link {
	return &link{conn: conn, waiting: map[uint64]chan reception{}, hello: make(chan wire.Hello, 1), listen: func(kmsg.Record) {}}
}

// read takes in what the agent sends until there is no more. When that is not
// because the agent hung up, it says so to lose.
func (l *link) read(lose func(error)) {
	for in := bufio.NewReaderSize(l.conn, 64<<10); ; {
		m, err := wire.Read(in)
		if err == nil {
			err = l.take(m)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, syscall.ECONNRESET) {
				lose(err)
			}
			// What follows cannot be understood, but must be read: a full
			// socket would stop the guest.
			io.Copy(io.Discard, in)
			return
		}
	}
}

func (l *link) take(m wire.Message) error {
	switch m := m.(type) {
	case *wire.Record:
		rec, err := kmsg.Parse(m.Raw)
		if err != nil {
			return err
		}
		l.mu.Lock()
		if len(l.records) < maxRecords {
			l.records = append(l.records, rec)
		} else {
			l.dropped++
		}
		listen := l.listen
		l.mu.Unlock()
		listen(rec)
	case *wire.Answer:
		l.mu.Lock()
		c := l.waiting[m.ID]
		delete(l.waiting, m.ID)
		r := reception{m, l.records[l.told:len(l.records):len(l.records)]}
		l.told = len(l.records)
		l.mu.Unlock()
		if c == nil {
			return fmt.Errorf("the agent answered order %d, which nobody waits for", m.ID)
		}
		c <- r
	case *wire.Hello:
		select {
		case l.hello <- *m:
		default:
			return fmt.Errorf("the agent said hello twice")
		}
	case *wire.Lost: // shows in the sequence numbers
	default:
		return fmt.Errorf("the agent sent a %T", m)
	}
	return nil
}

// send sends an order and returns where its answer will arrive; nil for an
// order that cannot be sent whatever the VM does. Sending ends with ctx, for a
// guest that hangs does not read.
func (l *link) send(ctx context.Context, o *wire.Order) (<-chan reception, error) {
	c := make(chan reception, 1)
	l.mu.Lock()
	l.lastID++
	o.ID = l.lastID
	l.waiting[o.ID] = c
	l.mu.Unlock()
	frame, err := wire.Append(nil, o)
	if err != nil {
		return nil, err
	}
	l.sending.Lock()
	defer l.sending.Unlock()
	l.conn.SetWriteDeadline(time.Time{})
	stop := context.AfterFunc(ctx, func() { l.conn.SetWriteDeadline(time.Now()) })
	defer stop()
	_, err = l.conn.Write(frame)
	return c, err
}

// expect returns where the answer to an order will arrive that was given before
// the VM was frozen. Orders that follow get higher numbers.
func (l *link) expect(id uint64) <-chan reception {
	c := make(chan reception, 1)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lastID = id
	l.waiting[id] = c
	return c
}

// remember puts the records of a template before those that will come.
func (l *link) remember(records []kmsg.Record) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.records = append(append([]kmsg.Record(nil), records...), l.records...)
	l.told += len(records)
}

// log returns all records, and how many were lost.
func (l *link) log() ([]kmsg.Record, uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.records[:len(l.records):len(l.records)], kmsg.Missing(l.records) + l.dropped
}
