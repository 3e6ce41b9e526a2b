// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/kmsg"
	"kmodlab/harness/wire"
)

// peer is the other end of a link, and of a monitor: a recording that is
// played back into a real socket.
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
	ours, theirs := peer(t)
	l := newLink(ours)
	l.remember([]kmsg.Record{{Seq: 7, Text: "of the template"}})
	var heard []string
	l.listen = func(r kmsg.Record) { heard = append(heard, r.Text) }
	var lost error
	done := make(chan struct{})
	go func() { l.read(func(err error) { lost = err }); close(done) }()

	one, err := l.send(t.Context(), &wire.Order{Verb: wire.DoSettle})
	if err != nil {
		t.Fatal(err)
	}
	play(t, theirs, record(8, "a"), record(9, "b"), &wire.Answer{ID: 1}, record(10, "c"))
	first, err := (<-one).open()
	if err != nil {
		t.Fatal(err)
	}
	two, err := l.send(t.Context(), &wire.Order{Verb: wire.DoInsert})
	if err != nil {
		t.Fatal(err)
	}
	play(t, theirs, record(14, "d"), &wire.Answer{ID: 2, Errno: int(syscall.EBUSY)}, record(15, "late"))
	second, err := (<-two).open()
	if err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	<-done

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
			l := newLink(ours)
			if _, err := theirs.Write(tt.stream); err != nil {
				t.Fatal(err)
			}
			theirs.Close()
			lost := errors.New("none")
			l.read(func(err error) { lost = err })
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
