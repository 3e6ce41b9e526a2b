// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"
)

// standIn is a VM without a guest: a process that sleeps, whose monitor answers
// as the test says, and whose agent is silent.
type standIn struct {
	*VM
	mute  atomic.Bool // the monitor does not answer
	looks atomic.Int64
	at    func(look int64) string // what the monitor says of the registers
}

func newStandIn(t *testing.T) *standIn {
	t.Helper()
	cmd := exec.Command("sleep", "100000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ends []*os.File
	pair := func() (ours, theirs *os.File) {
		a, b, err := socketpair()
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, a, b)
		return a, b
	}
	monitor, theirs := pair()
	agent, _ := pair()
	executor, _ := pair()
	s := &standIn{VM: &VM{proc: &process{cmd: cmd}, link: newLink(agent, executor), over: make(chan struct{}), lost: make(chan struct{})},
		at: func(int64) string { return "CPU#0\r\nRIP=ffffffff81000000 RFL=00000246 CPL=0 HLT=1\r\n" }}
	s.qmp = newQMP(monitor, func(Event) {})
	go s.qmp.read()
	go s.answer(theirs)
	t.Cleanup(func() {
		for _, f := range ends {
			f.Close()
		}
		cmd.Process.Kill()
		cmd.Wait()
	})
	return s
}

// answer is the monitor.
func (s *standIn) answer(conn *os.File) {
	for in := json.NewDecoder(conn); ; {
		var q struct {
			Execute string
			ID      int
		}
		if in.Decode(&q) != nil {
			return
		}
		if s.mute.Load() {
			continue
		}
		value := `{"status":"running"}`
		if q.Execute == "human-monitor-command" {
			text, _ := json.Marshal(s.at(s.looks.Add(1)))
			value = string(text)
		}
		fmt.Fprintf(conn, `{"return":%s,"id":%d}`+"\n", value, q.ID)
	}
}

// A limit ends when the VM has had its time.
func TestAllow(t *testing.T) {
	s := newStandIn(t)
	ctx, cancel := s.allow(t.Context(), 200*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	if lost := lostTo(ctx, "x"); lost.Kind != LostTimeout {
		t.Errorf("the limit ends with %v; want a timeout", lost)
	}
}

// A VM that does not answer its monitor does not run: nothing of that is its
// own time.
func TestAllowOfAStoppedVM(t *testing.T) {
	s := newStandIn(t)
	s.mute.Store(true)
	const limit = 100 * time.Millisecond
	ctx, cancel := s.allow(t.Context(), limit)
	defer cancel()
	time.Sleep(10 * limit)
	if ctx.Err() != nil {
		t.Errorf("the limit ended: %v; want it to wait for a VM that does not run", context.Cause(ctx))
	}
	cancel()
	if lost := lostTo(ctx, "x"); lost.Kind != LostCancelled {
		t.Errorf("the end of the wait is %v; want it cancelled", lost)
	}
}

// What was given up without a proof says so, with its figures.
func TestStarvedIsNoTimeout(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(&starved{Own: 4 * time.Second, Limit: 30 * time.Second, Wall: 20 * time.Minute})
	lost := lostTo(ctx, "insert")
	const want = "the VM did not answer to insert and got too little of this machine to be blamed: the VM ran 4.0 s of its 30 s in 1200 s"
	if lost.Kind != LostStarved || lost.Error() != want {
		t.Errorf("lostTo() = %q, %v; want starved, %q", lost.Kind, lost, want)
	}
	if _, ok := errors.AsType[*starved](error(lost)); !ok {
		t.Error("the figures are lost; want them in the error")
	}
}

// A VM that stands still is proved to hang, though not before it has been seen
// often enough.
func TestVigil(t *testing.T) {
	s := newStandIn(t)
	lost := s.vigil(t.Context(), "insert", 1, 600*time.Millisecond)
	if lost == nil || lost.Kind != LostHung || s.looks.Load() < leastLooks {
		t.Errorf("vigil() = %v after %d looks; want the proof of a hang, after %d at least", lost, s.looks.Load(), leastLooks)
	}
}

// One that gets on is not, however long it takes.
func TestVigilOfAVMThatGetsOn(t *testing.T) {
	s := newStandIn(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.at = func(look int64) string {
		if look > 2*leastLooks {
			cancel()
		}
		return fmt.Sprintf("CPU#0\r\nRIP=%016x RFL=00000246 CPL=0 HLT=0\r\n", 0xffffffff81000000+uint64(look)<<12)
	}
	if lost := s.vigil(ctx, "insert", 1, 600*time.Millisecond); lost != nil {
		t.Errorf("vigil() = %v; want nothing proved", lost)
	}
}

// A guest that executes a program is not where a module could hold it.
func TestVigilOfAProgram(t *testing.T) {
	s := newStandIn(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.at = func(look int64) string {
		if look > 2*leastLooks {
			cancel()
		}
		return "CPU#0\r\nRIP=0000000000464b03 RFL=00000246 CPL=3 HLT=0\r\n"
	}
	if lost := s.vigil(ctx, "insert", 1, 600*time.Millisecond); lost != nil {
		t.Errorf("vigil() = %v; want nothing proved", lost)
	}
}
