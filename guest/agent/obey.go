// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"kmodlab/internal/wire"
)

// agent does orders.
type agent struct {
	speaker  *speaker
	executor *executor
	commands sync.Map // the number of an order, as text, to the process that it started and that runs
}

// listen does what the harness orders, until it hangs up.
func (a *agent) listen() error {
	// The one reader of the port. Orders are done beside each other, so that
	// one that takes for ever does not keep the next from being done.
	for in := bufio.NewReaderSize(a.speaker.port, 64<<10); ; {
		m, err := wire.Read(in)
		switch {
		case errors.Is(err, io.EOF):
			return errors.New("the harness hung up")
		case err != nil:
			return fmt.Errorf("reading orders: %w", err)
		}
		order, ok := m.(*wire.Order)
		if !ok {
			return fmt.Errorf("got a %T, want an order", m)
		}
		go a.obey(order)
	}
}

// obey does one order and answers it.
func (a *agent) obey(o *wire.Order) {
	begin := time.Now()
	ans := a.do(o)
	ans.ID = o.ID
	if ans.Elapsed == 0 {
		ans.Elapsed = time.Since(begin)
	}
	if err := a.speaker.say(ans); err != nil {
		fmt.Fprintln(os.Stderr, "kmodlab agent: answering:", err)
	}
}

func (a *agent) do(o *wire.Order) *wire.Answer {
	switch o.Verb {
	case wire.DoRead: // while the executor hangs
		blob, err := os.ReadFile(o.Path)
		return &wire.Answer{Blob: blob[:min(len(blob), wire.MaxOutput)], Errno: errnoOf(err)}
	case wire.DoStack:
		return a.stack(o.Name)
	case wire.DoRun:
		return a.run(o)
	case wire.DoUnpack:
		return unpack(o.Blob)
	case wire.DoLook:
		return look(o.Argv)
	case wire.DoSettle:
		return &wire.Answer{}
	}
	return &wire.Answer{Problem: fmt.Sprintf("no order is called %q", o.Verb)}
}

// setConsoleLevel sets the console's log level, the first number of the file.
func setConsoleLevel(level int) error {
	return os.WriteFile("/proc/sys/kernel/printk", fmt.Appendf(nil, "%d\n", level), 0)
}

// unpack writes many files at once, with the folders that they are in: for each file
// to take the way of an order would cost more than writing it.
func unpack(blob []byte) *wire.Answer {
	for in := bytes.NewReader(blob); in.Len() > 0; {
		m, err := wire.Read(in)
		if err != nil {
			return &wire.Answer{Problem: "what should be unpacked: " + err.Error()}
		}
		o, ok := m.(*wire.Order)
		if !ok || o.Verb != wire.DoWrite {
			return &wire.Answer{Problem: fmt.Sprintf("what should be unpacked holds a %T", m)}
		}
		if err := errors.Join(os.MkdirAll(filepath.Dir(o.Path), 0o755), os.WriteFile(o.Path, o.Blob, os.FileMode(o.Mode))); err != nil {
			return &wire.Answer{Errno: errnoOf(err), Blob: []byte(o.Path)}
		}
	}
	return &wire.Answer{}
}

// run runs a command of the guest to its end.
func (a *agent) run(o *wire.Order) *wire.Answer {
	if len(o.Argv) == 0 {
		return &wire.Answer{Problem: "an order to run nothing"}
	}
	out := &limited{left: wire.MaxOutput}
	cmd := exec.Command(o.Argv[0], o.Argv[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = bytes.NewReader(o.Blob), out, out
	err := cmd.Start()
	if err == nil {
		order := strconv.FormatUint(o.ID, 10)
		a.commands.Store(order, cmd.Process.Pid)
		err = cmd.Wait()
		// Orders have numbers of their own in each clone. One that was done before
		// the VM was frozen must not be taken for one of the same number.
		a.commands.Delete(order)
	}
	ans := &wire.Answer{Blob: out.b.Bytes()}
	exit := new(exec.ExitError)
	switch {
	case errors.As(err, &exit):
		status := exit.Sys().(syscall.WaitStatus)
		ans.Exit = status.ExitStatus()
		if status.Signaled() {
			ans.Exit = 128 + int(status.Signal()) // as shells count it
			ans.Died = status.Signal().String()
		}
	case errors.Is(err, exec.ErrNotFound):
		ans.Errno = int(unix.ENOENT)
	default:
		ans.Errno = errnoOf(err)
	}
	return ans
}

// errnoOf returns the errno in err, EIO for an error that holds none.
func errnoOf(err error) int {
	if err == nil {
		return 0
	}
	if no := syscall.Errno(0); errors.As(err, &no) {
		return int(no)
	}
	return int(unix.EIO)
}

// limited keeps the first bytes written to it.
type limited struct {
	b    bytes.Buffer
	left int
}

func (l *limited) Write(p []byte) (int, error) {
	keep := p[:min(len(p), l.left)]
	l.left -= len(keep)
	l.b.Write(keep)
	return len(p), nil
}
