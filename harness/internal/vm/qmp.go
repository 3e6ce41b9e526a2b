// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Event is something that QEMU reported by itself, such as SHUTDOWN.
type Event struct {
	Name string          // "SHUTDOWN"
	Data json.RawMessage // its details, as QEMU sent them; may be empty
	Time time.Time       // by QEMU's clock
}

// qmp talks to QEMU's monitor. See QEMU's docs/interop/qmp-spec.
type qmp struct {
	conn  *os.File
	event func(Event) // called by the reader with each event

	mu      sync.Mutex
	lastID  int
	replies map[int]chan reply
	closed  chan struct{} // closed when the monitor has hung up
}

// reply is what the monitor sends: the answer to a command, or an event.
type reply struct {
	ID        int             `json:"id"`
	Return    json.RawMessage `json:"return"`
	Error     *qmpError       `json:"error"`
	Event     string          `json:"event"`
	Data      json.RawMessage `json:"data"`
	Timestamp struct {
		Seconds, Microseconds int64
	} `json:"timestamp"`
}

// qmpError is QEMU's refusal of a command.
type qmpError struct {
	Class string `json:"class"`
	Desc  string `json:"desc"`
}

func (e *qmpError) Error() string { return e.Desc }

var errHungUp = errors.New("QEMU hung up")

// newQMP returns a client for the monitor at the other end of the socket conn.
// What the monitor sends is taken in by read.
func newQMP(conn *os.File, event func(Event)) *qmp {
	return &qmp{conn: conn, event: event, replies: map[int]chan reply{}, closed: make(chan struct{})}
}

// read takes in what the monitor sends, until it hangs up.
func (q *qmp) read() {
	defer close(q.closed)
	for dec := json.NewDecoder(q.conn); ; {
		var m reply
		if err := dec.Decode(&m); err != nil {
			return // QEMU ended, or sent what is no JSON: both mean that no reply comes any more
		}
		if m.Event != "" {
			q.event(Event{Name: m.Event, Data: m.Data, Time: time.Unix(m.Timestamp.Seconds, m.Timestamp.Microseconds*1000)})
			continue
		}
		q.mu.Lock()
		c := q.replies[m.ID]
		delete(q.replies, m.ID)
		q.mu.Unlock()
		if c != nil {
			c <- m
		}
	}
}

// do sends a command and waits for its reply. args may be nil. A descriptor
// that is given goes with it.
func (q *qmp) do(ctx context.Context, command string, args any, fd ...int) (json.RawMessage, error) {
	c, err := q.send(command, args, fd...)
	if err != nil {
		return nil, fmt.Errorf("QMP %s: %w", command, err)
	}
	select {
	case m := <-c:
		if m.Error != nil {
			return nil, fmt.Errorf("QMP %s: %w", command, m.Error)
		}
		return m.Return, nil
	case <-q.closed:
		return nil, fmt.Errorf("QMP %s: %w", command, errHungUp)
	case <-ctx.Done():
		return nil, fmt.Errorf("QMP %s: %w", command, context.Cause(ctx))
	}
}

func (q *qmp) send(command string, args any, fd ...int) (<-chan reply, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.lastID++
	line, err := json.Marshal(struct {
		Execute   string `json:"execute"`
		Arguments any    `json:"arguments,omitempty"`
		ID        int    `json:"id"`
	}{command, args, q.lastID})
	if err != nil {
		return nil, err
	}
	c := make(chan reply, 1)
	q.replies[q.lastID] = c
	return c, q.write(append(line, '\n'), fd)
}

// write writes a line that fits into the socket's buffer, with descriptors.
func (q *qmp) write(line []byte, fds []int) error {
	raw, err := q.conn.SyscallConn()
	if err != nil {
		return err
	}
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	var sent error
	err = raw.Write(func(fd uintptr) bool {
		sent = unix.Sendmsg(int(fd), line, rights, nil, unix.MSG_NOSIGNAL)
		return !errors.Is(sent, unix.EAGAIN)
	})
	return errors.Join(err, sent)
}
