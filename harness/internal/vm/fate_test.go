// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"kmodlab/internal/kernel"
)

// ended returns the state of a shell that ran script.
func ended(t *testing.T, script string) *os.ProcessState {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	cmd.Run() // how it ends is what the test is about
	return cmd.ProcessState
}

func TestJudgeEnd(t *testing.T) {
	shutdown := func(reason string) []Event {
		return []Event{{Name: "RESUME"}, {Name: "SHUTDOWN", Data: json.RawMessage(`{"guest":true,"reason":"` + reason + `"}`)}}
	}
	const panic = "[ 1.0] Kernel panic - not syncing: as ordered\n"
	for _, tt := range []struct {
		name    string
		events  []Event
		console string
		script  string // how QEMU ends
		we      deeds
		want    How
	}{
		{"panic", shutdown("guest-reset"), panic, "exit 0", deeds{}, Panicked},
		{"panic that QEMU saw", shutdown("guest-panic"), "", "exit 0", deeds{}, Panicked},
		{"panic before we asked", shutdown("guest-reset"), panic, "exit 0", deeds{asked: true}, Panicked},
		{"panic that we made", shutdown("guest-reset"), panic, "exit 0", deeds{asked: true, poked: true}, Killed},
		{"triple fault", shutdown("guest-reset"), "", "exit 0", deeds{}, Reset},
		{"power-off", shutdown("guest-shutdown"), "", "exit 0", deeds{}, PowerOff},
		{"closed", shutdown("host-qmp-quit"), "", "exit 0", deeds{asked: true}, Closed},
		{"closed, monitor silent", nil, "", "exit 0", deeds{asked: true}, Closed},
		{"killed by us", nil, "", "kill -KILL $$", deeds{asked: true, killed: true}, Killed},
		{"killed by others", nil, "", "kill -KILL $$", deeds{}, Signalled},
		{"told to end by others", shutdown("host-signal"), "", "exit 0", deeds{}, Signalled},
		{"told to end by others before we asked", shutdown("host-signal"), "", "exit 0", deeds{asked: true}, Signalled},
		{"aborted", nil, "", "kill -ABRT $$", deeds{}, Crashed},
		{"sandbox", nil, "", "kill -SYS $$", deeds{asked: true}, Crashed},
		{"wrong option", nil, "", "exit 1", deeds{}, Crashed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			state := ended(t, tt.script)
			if got := judgeEnd(tt.events, tt.console, state, tt.we); got != tt.want {
				t.Errorf("judgeEnd(%v, %q, %v, %+v) = %q; want %q", tt.events, tt.console, state, tt.we, got, tt.want)
			}
		})
	}
}

func TestTranscriptKeepsBothEnds(t *testing.T) {
	var tr transcript
	tr.readFrom(strings.NewReader("first\r\n"))
	if got, want := tr.text(), "first\n"; got != want {
		t.Errorf("text() = %q; want %q", got, want)
	}
	for range 5 * transcriptHalf / 1000 {
		tr.add([]byte(strings.Repeat("x", 999) + "\n"))
	}
	tr.add([]byte("last"))
	got := tr.text()
	if !strings.HasPrefix(got, "first\n") || !strings.HasSuffix(got, "xx\nlast") || !strings.Contains(got, "\n[...]\n") || len(got) > 3*transcriptHalf+100 {
		t.Errorf("text() of too much: %d bytes from %q to %q; want both ends, and a mark between them", len(got), got[:20], got[len(got)-20:])
	}
}

func TestTail(t *testing.T) {
	for _, tt := range []struct {
		text string
		n    int
		want string
	}{
		{"", 3, ""},
		{"a\nb\n", 3, "a\nb"},
		{"a\nb\nc\nd\n", 2, "c\nd"},
	} {
		if got := tail(tt.text, tt.n); got != tt.want {
			t.Errorf("tail(%q, %d) = %q; want %q", tt.text, tt.n, got, tt.want)
		}
	}
}

// TestBootFaultNamesThePanic has a trace after the panic that is longer than
// what an error shows of the console.
func TestBootFaultNamesThePanic(t *testing.T) {
	m := Machine{Kernel: &kernel.Kernel{Release: "6.12.1"}}
	trace := strings.Repeat("[    1.7] frame\n", 2*consoleTail)
	err := m.bootFault(errors.New("the VM ended during boot"), Fate{How: Panicked, Console: "[    1.6] Kernel panic - not syncing: no init\n" + trace})
	if want := "the VM ended during boot: Kernel panic - not syncing: no init"; !strings.Contains(err.Error(), want) {
		t.Errorf("bootFault() = %v; want it to say %q", err, want)
	}
}
