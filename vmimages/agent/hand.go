// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"kmodlab/harness/wire"
)

// hand is the process that goes into the kernel for the agent: it does the
// system calls that run code of a module. When that code kills the task that
// called it, the agent lives on and can tell.
//
// It is started before it is needed, so that a case pays for no fork and exec.
type hand struct {
	pid  atomic.Int64 // read while an order is under way
	mu   sync.Mutex   // one order at a time
	cmd  *exec.Cmd
	sock *os.File
	in   *bufio.Reader
}

// deadTask is the exit status of a hand whose working thread was killed.
const deadTask = 86

func startHand() (*hand, error) {
	h := &hand{}
	return h, h.start()
}

func (h *hand) start() error {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("socketpair: %w", err)
	}
	ours, theirs := os.NewFile(uintptr(fds[0]), "hand"), os.NewFile(uintptr(fds[1]), "agent")
	defer theirs.Close()
	h.cmd = exec.Command("/proc/self/exe", "hand")
	h.cmd.ExtraFiles = []*os.File{theirs}
	h.cmd.Stdout, h.cmd.Stderr = os.Stdout, os.Stderr
	// Two Ps: one is stuck in the kernel with the working thread, the other
	// runs the goroutine that sees that thread die.
	h.cmd.Env = append(os.Environ(), "GOMAXPROCS=2")
	if err := h.cmd.Start(); err != nil {
		ours.Close()
		return fmt.Errorf("start the hand: %w", err)
	}
	h.pid.Store(int64(h.cmd.Process.Pid))
	h.sock, h.in = ours, bufio.NewReader(ours)
	// The first settle comes back when the hand is ready, and has warmed up
	// on both sides what the first real order would otherwise pay for.
	if ans := h.exchange(&wire.Order{ID: 1, Verb: wire.DoSettle}); ans == nil {
		return fmt.Errorf("the hand did not start: %s", h.bury())
	}
	return nil
}

// do gives the order to the hand and returns its answer. When the hand dies of
// it, the answer says how, and another one is started.
func (h *hand) do(o *wire.Order) *wire.Answer {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.sock == nil {
		return &wire.Answer{Problem: "there is no hand; the one before died and no other could be started"}
	}
	if ans := h.exchange(o); ans != nil {
		return ans
	}
	ans := &wire.Answer{Died: h.bury()}
	if err := h.start(); err != nil {
		fmt.Fprintln(os.Stderr, "kmodlab agent:", err)
	}
	return ans
}

// exchange returns nil when the hand is gone.
func (h *hand) exchange(o *wire.Order) *wire.Answer {
	buf, err := wire.Append(nil, o)
	if err != nil {
		return &wire.Answer{Problem: err.Error()}
	}
	if _, err := h.sock.Write(buf); err != nil {
		return nil
	}
	m, err := wire.Read(h.in)
	if err != nil {
		return nil
	}
	ans, ok := m.(*wire.Answer)
	if !ok {
		return &wire.Answer{Problem: fmt.Sprintf("the hand said %T", m)}
	}
	return ans
}

// bury waits for the end of a hand that hung up and returns how it died.
func (h *hand) bury() string {
	h.sock.Close()
	h.sock = nil
	err := h.cmd.Wait()
	status, _ := h.cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled():
		return "the task was killed by " + unix.SignalName(status.Signal())
	case status.ExitStatus() == deadTask:
		return "the task was killed inside the system call"
	case err != nil:
		return "the task ended: " + err.Error()
	}
	return "the task ended with status " + strconv.Itoa(status.ExitStatus())
}

// handMain is the hand's side: it does one order after the other on one
// thread, the worker.
func handMain() error {
	if err := becomeWorker(); err != nil {
		return err
	}
	sock := os.NewFile(3, "agent") // blocking, so reads stay on the worker
	for in := bufio.NewReader(sock); ; {
		m, err := wire.Read(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		order, ok := m.(*wire.Order)
		if err != nil || !ok {
			return fmt.Errorf("the hand got a %T: %w", m, err)
		}
		buf, err := wire.Append(nil, work(order))
		if err != nil {
			return err
		}
		if _, err := sock.Write(buf); err != nil {
			return err
		}
	}
}
