// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/internal/wire"
)

// read takes in what comes out of conn until there is no more. When that is not
// because the guest hung up, it says so to lose.
func (l *link) read(conn *os.File, lose func(error)) {
	for in := bufio.NewReaderSize(conn, 64<<10); ; {
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
		l.keep(rec)
	case *wire.Answer:
		return l.answered(m)
	case *wire.Hello:
		select {
		case l.hello <- *m:
		default:
			return errors.New("the agent said hello twice")
		}
	case *wire.Fallen:
		l.bury(m.How)
	case *wire.Lost: // shows in the sequence numbers
	default:
		return fmt.Errorf("the guest sent a %T", m)
	}
	return nil
}

// keep adds a record to the log, unless it is there. Agent and executor both send
// the whole log, each as far as it has read.
func (l *link) keep(rec kmsg.Record) {
	l.mu.Lock()
	if rec.Seq < l.next {
		l.mu.Unlock()
		return
	}
	l.next = rec.Seq + 1
	if len(l.records) < maxRecords {
		l.records = append(l.records, rec)
	} else {
		l.dropped++
	}
	listen := l.listen
	l.mu.Unlock()
	listen(rec)
}

func (l *link) answered(m *wire.Answer) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	w, ok := l.waiting[m.ID]
	switch {
	case ok:
		l.deliver(w, m)
	case m.ID > l.buried:
		return fmt.Errorf("order %d was answered, which nobody waits for", m.ID)
	}
	return nil
}

// deliver gives w the answer, and the log of its step. The caller holds mu.
func (l *link) deliver(w waiter, m *wire.Answer) {
	delete(l.waiting, m.ID)
	r := reception{answer: m}
	if !w.peek {
		r.records = l.records[l.told:len(l.records):len(l.records)]
		l.told = len(l.records)
	}
	w.c <- r
}

// bury answers what an executor that died was asked, or the next order that it will
// be asked.
func (l *link) bury(how string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fallen, l.buried = how, l.lastID
	for id, w := range l.waiting {
		if w.lane == &l.executor {
			l.deliver(w, &wire.Answer{ID: id, Died: how})
			l.fallen = ""
		}
	}
}
