// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/internal/wire"
)

// guest is the other end of a link.
type guest struct{ agent, executor *os.File }

// linked returns a link that is being read, and its other end. over returns
// what it had to complain about, once the guest has hung up.
func linked(t *testing.T) (l *link, g guest, over func() error) {
	t.Helper()
	agent, theirAgent := peer(t)
	executor, theirExecutor := peer(t)
	l, g = newLink(agent, executor), guest{theirAgent, theirExecutor}
	complaints := make(chan error, 2)
	var readers sync.WaitGroup
	for _, conn := range []*os.File{agent, executor} {
		readers.Go(func() { l.read(conn, func(err error) { complaints <- err }) })
	}
	return l, g, func() error {
		g.agent.Close()
		g.executor.Close()
		readers.Wait()
		select {
		case err := <-complaints:
			return err
		default:
			return nil
		}
	}
}

// order sends an order that must be possible to send.
func order(t *testing.T, l *link, verb wire.Verb) <-chan reception {
	t.Helper()
	c, err := l.send(t.Context(), &wire.Order{Verb: verb})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// answer waits for an answer that must come.
func answer(t *testing.T, c <-chan reception) Answer {
	t.Helper()
	ans, err := (<-c).open()
	if err != nil {
		t.Fatal(err)
	}
	return ans
}

// peer is the other end of a socket: a recording is played back into it.
func peer(t *testing.T) (ours, theirs *os.File) {
	t.Helper()
	ours, theirs, err := socketpair()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ours.Close(); theirs.Close() })
	return ours, theirs
}

func play(t *testing.T, w *os.File, messages ...wire.Message) {
	t.Helper()
	var b []byte
	for _, m := range messages {
		var err error
		if b, err = wire.Append(b, m); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
}

func record(seq int, text string) *wire.Record {
	return &wire.Record{Raw: fmt.Appendf(nil, "6,%d,1,-;%s\n", seq, text)}
}

func texts(records []kmsg.Record) []string {
	var all []string
	for _, r := range records {
		all = append(all, r.Text)
	}
	return all
}

// TestLinkGivesEachStepItsLog checks whose a record is: of the step whose
// answer follows it.
func TestLinkGivesEachStepItsLog(t *testing.T) {
	l, g, over := linked(t)
	l.remember([]kmsg.Record{{Seq: 7, Text: "of the template"}})
	var heard []string
	l.listen = func(r kmsg.Record) { heard = append(heard, r.Text) }

	one := order(t, l, wire.DoSettle)
	play(t, g.executor, record(8, "a"), record(9, "b"), &wire.Answer{ID: 1}, record(10, "c"))
	first := answer(t, one)
	two := order(t, l, wire.DoInsert)
	play(t, g.executor, record(14, "d"), &wire.Answer{ID: 2, Errno: int(syscall.EBUSY)}, record(15, "late"))
	second := answer(t, two)
	lost := over()

	if diff := cmp.Diff([]string{"a", "b"}, texts(first.Records)); diff != "" {
		t.Errorf("first step: (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"c", "d"}, texts(second.Records)); diff != "" {
		t.Errorf("second step: (-want +got)\n%s", diff)
	}
	if second.Errno != syscall.EBUSY || second.Lost != 3 {
		t.Errorf("second step: errno %v, %d records lost; want EBUSY, 3", second.Errno, second.Lost)
	}
	all, missing := l.log()
	if diff := cmp.Diff([]string{"of the template", "a", "b", "c", "d", "late"}, texts(all)); diff != "" || missing != 3 {
		t.Errorf("log: %d missing; want 3; (-want +got)\n%s", missing, diff)
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "late"}, heard); diff != "" {
		t.Errorf("listener: (-want +got)\n%s", diff)
	}
	if lost != nil {
		t.Errorf("the link ended with %v; want no complaint about a peer that hung up", lost)
	}
}

// TestLinkPeeks checks that who looks into a step takes nothing of its log, and
// that what both have sent is there once.
func TestLinkPeeks(t *testing.T) {
	l, g, over := linked(t)
	insert := order(t, l, wire.DoInsert)
	l.peek(t.Context())
	l.peek(t.Context()) // nobody has answered the first
	m, err := wire.Read(g.agent)
	if err != nil {
		t.Fatal(err)
	}
	if o, ok := m.(*wire.Order); !ok || o.ID != 2 || o.Verb != wire.DoSettle {
		t.Errorf("the agent was sent %+v; want order 2, to settle", m)
	}
	seen := make(chan string, 8)
	l.listen = func(r kmsg.Record) { seen <- r.Text }
	play(t, g.agent, record(1, "a"), record(2, "b"), &wire.Answer{ID: 2})
	for _, want := range []string{"a", "b"} {
		if got := <-seen; got != want {
			t.Errorf("heard %q while the step was under way; want %q", got, want)
		}
	}
	play(t, g.executor, record(1, "a"), record(2, "b"), record(3, "c"), &wire.Answer{ID: 1})
	if diff := cmp.Diff([]string{"a", "b", "c"}, texts(answer(t, insert).Records)); diff != "" {
		t.Errorf("log of the step: (-want +got)\n%s", diff)
	}
	if l.lastID != 2 {
		t.Errorf("%d orders were sent; want 2, for the second look was one too many", l.lastID)
	}
	if err := over(); err != nil {
		t.Error(err)
	}
}

// TestLinkLanes checks who is asked what.
func TestLinkLanes(t *testing.T) {
	for _, tt := range []struct {
		verb       wire.Verb
		idle, busy string // who, by what the executor does
	}{
		{wire.DoInsert, "executor", "executor"},
		{wire.DoRemove, "executor", "executor"},
		{wire.DoWrite, "executor", "executor"},
		{wire.DoRead, "executor", "agent"},
		{wire.DoSettle, "executor", "agent"},
		{wire.DoRun, "agent", "agent"},
		{wire.DoStack, "agent", "agent"},
		{wire.DoUnpack, "agent", "agent"},
	} {
		l, _, _ := linked(t)
		name := map[*lane]string{&l.agent: "agent", &l.executor: "executor"}
		if got := name[l.laneFor(tt.verb)]; got != tt.idle {
			t.Errorf("%s goes to the %s; want the %s", tt.verb, got, tt.idle)
		}
		order(t, l, wire.DoInsert)
		if got := name[l.laneFor(tt.verb)]; got != tt.busy {
			t.Errorf("%s goes to the %s while the executor is busy; want the %s", tt.verb, got, tt.busy)
		}
	}
}

// TestLinkTooBig checks that an order which cannot be sent leaves nothing behind.
func TestLinkTooBig(t *testing.T) {
	l, _, _ := linked(t)
	if c, err := l.send(t.Context(), &wire.Order{Verb: wire.DoInsert, Blob: make([]byte, 65<<20)}); c != nil || err == nil {
		t.Errorf("send of 65 MiB = %v, %v; want an error", c, err)
	}
	if len(l.waiting) > 0 || l.laneFor(wire.DoRead) != &l.executor {
		t.Errorf("%d orders are waited for, the executor counts as busy: %t; want neither", len(l.waiting), l.laneFor(wire.DoRead) != &l.executor)
	}
}

// TestLinkBuries checks who hears of an executor's death.
func TestLinkBuries(t *testing.T) {
	l, g, over := linked(t)
	insert, run := order(t, l, wire.DoInsert), order(t, l, wire.DoRun)
	play(t, g.agent, record(1, "Oops"), &wire.Fallen{How: "killed"})
	if ans := answer(t, insert); ans.Died != "killed" || len(ans.Records) != 1 {
		t.Errorf("the insertion that the executor died of: died %q, %d records; want killed and the oops", ans.Died, len(ans.Records))
	}
	// It had answered with its last strength; that is no garbage.
	play(t, g.executor, &wire.Answer{ID: 1})
	play(t, g.agent, &wire.Answer{ID: 2, Exit: 3})
	if ans := answer(t, run); ans.Died != "" || ans.Exit != 3 {
		t.Errorf("the agent's order: died %q, exit %d; want it answered as if nothing had been", ans.Died, ans.Exit)
	}
	// The next one dies with nothing to do: the order that follows is told.
	play(t, g.agent, &wire.Fallen{How: "starved"}, &wire.Hello{})
	<-l.hello // so it has been read
	if ans := answer(t, order(t, l, wire.DoRemove)); ans.Died != "starved" {
		t.Errorf("the order after a death: died %q; want starved", ans.Died)
	}
	remove := order(t, l, wire.DoRemove)
	play(t, g.executor, &wire.Answer{ID: 4})
	if ans := answer(t, remove); ans.Died != "" {
		t.Errorf("the order after that: died %q; want it done", ans.Died)
	}
	if err := over(); err != nil {
		t.Error(err)
	}
}

func TestLinkComplains(t *testing.T) {
	for _, tt := range []struct {
		name   string
		stream []byte
	}{
		{"garbage", []byte("login: this is no message")},
		{"answer nobody waits for", appendMessage(&wire.Answer{ID: 99})},
		{"a record that is none", appendMessage(&wire.Record{Raw: []byte("hello")})},
		{"an order from the guest", appendMessage(&wire.Order{ID: 1})},
		{"hello twice", append(appendMessage(&wire.Hello{}), appendMessage(&wire.Hello{})...)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ours, theirs := peer(t)
			l := newLink(ours, ours)
			if _, err := theirs.Write(tt.stream); err != nil {
				t.Fatal(err)
			}
			theirs.Close()
			lost := errors.New("none")
			l.read(ours, func(err error) { lost = err })
			if lost.Error() == "none" {
				t.Errorf("the link had no complaint; want one")
			}
		})
	}
}

func appendMessage(m wire.Message) []byte {
	b, err := wire.Append(nil, m)
	if err != nil {
		panic(err)
	}
	return b
}
