// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"bufio"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

// A monitor's side of a conversation, recorded from QEMU 7.2.
const monitorSays = `{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}}, "capabilities": ["oob"]}}
{"timestamp": {"seconds": 1700000000, "microseconds": 250000}, "event": "RESUME"}
{"id": 1, "return": {}}
{"id": 2, "error": {"class": "GenericError", "desc": "Mismatched GPAs"}}
{"timestamp": {"seconds": 1700000001, "microseconds": 0}, "event": "SHUTDOWN", "data": {"guest": true, "reason": "guest-reset"}}
`

func TestQMP(t *testing.T) {
	ours, theirs := peer(t)
	var events []Event
	q := newQMP(ours, func(e Event) { events = append(events, e) })
	first, err := q.send("qmp_capabilities", nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := q.send("migrate", map[string]any{"uri": "fd:state"})
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(theirs)
	for _, want := range []string{
		`{"execute":"qmp_capabilities","id":1}`,
		`{"execute":"migrate","arguments":{"uri":"fd:state"},"id":2}`,
	} {
		if !in.Scan() || in.Text() != want {
			t.Errorf("QEMU is sent %s; want %s", in.Text(), want)
		}
	}
	if _, err := theirs.WriteString(monitorSays); err != nil {
		t.Fatal(err)
	}
	theirs.Close()
	q.read()

	if r := <-first; r.Error != nil {
		t.Errorf("first reply: %v; want no error", r.Error)
	}
	if r := <-second; r.Error == nil || r.Error.Error() != "Mismatched GPAs" {
		t.Errorf("second reply: %v; want QEMU's refusal", r.Error)
	}
	var got []string
	for _, e := range events {
		got = append(got, e.Time.UTC().Format("05.00")+" "+e.Name+string(e.Data))
	}
	want := []string{"20.25 RESUME", `21.00 SHUTDOWN{"guest": true, "reason": "guest-reset"}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events: (-want +got)\n%s", diff)
	}
	if _, err := q.do(t.Context(), "quit", nil); !errors.Is(err, errHungUp) && !errors.Is(err, unix.EPIPE) {
		t.Errorf("a command to a monitor that hung up: %v; want it to say so", err)
	}
}

// TestQMPPassesDescriptors checks that a descriptor arrives with its command.
func TestQMPPassesDescriptors(t *testing.T) {
	ours, theirs := peer(t)
	q := newQMP(ours, func(Event) {})
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := q.send("getfd", map[string]any{"fdname": "state"}, int(w.Fd())); err != nil {
		t.Fatal(err)
	}
	w.Close()
	line, rights := make([]byte, 200), make([]byte, 200)
	n, nr, _, _, err := unix.Recvmsg(int(theirs.Fd()), line, rights, 0)
	if err != nil || !strings.Contains(string(line[:n]), "getfd") {
		t.Fatalf("QEMU is sent %q, %v; want the command getfd", line[:n], err)
	}
	messages, err := unix.ParseSocketControlMessage(rights[:nr])
	if err != nil || len(messages) != 1 {
		t.Fatalf("%d control messages, %v; want 1", len(messages), err)
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) != 1 {
		t.Fatalf("descriptors %v, %v; want one", fds, err)
	}
	got := os.NewFile(uintptr(fds[0]), "passed")
	if _, err := got.WriteString("through"); err != nil {
		t.Fatal(err)
	}
	got.Close()
	text := make([]byte, 20)
	if n, _ := r.Read(text); string(text[:n]) != "through" {
		t.Errorf("through the passed descriptor came %q; want %q", text[:n], "through")
	}
}
