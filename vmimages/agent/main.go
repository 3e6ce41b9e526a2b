// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

// Command agent is the guest's side of the wire. It runs as u-root's uinit.
//
// It is dumb on purpose: it inserts, removes, lists, runs, reads, writes and
// reports the kernel log, and judges nothing. What can be judged is judged on
// the host, where it can be tested without a VM.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"kmodlab/harness/wire"
)

func main() {
	// No garbage collection until there is much garbage: a clone lives for a
	// second or two, and to an emulator the collector is a lot of code that it
	// has not translated yet.
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(64 << 20)
	role, args := agentRole, os.Args[1:]
	switch {
	case filepath.Base(os.Args[0]) == dmesgName:
		role = dmesgName
	case len(args) > 0:
		role, args = args[0], args[1:]
	}
	err := play(role, args)
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "kmodlab %s gave up: %v\n", role, err) // on the console; package vm looks for the agent's
	if role == agentRole && os.Getpid() != 1 {
		// Without its agent the VM is of no use. Ending it tells the
		// harness at once, where silence would cost its whole patience.
		unix.Sync()
		unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
	}
	os.Exit(1)
}

// agentRole is what the program is unless its arguments say otherwise.
const agentRole = "agent"

// play does what a process in the given role is there for.
func play(role string, args []string) error {
	switch role {
	case agentRole:
		if err := calm(); err != nil {
			return err
		}
		return serve()
	case "hand":
		return handMain()
	case "shell":
		return shell(args)
	case "size":
		return resize(args)
	case dmesgName:
		return dmesg(args, os.Stdout)
	}
	return errors.New("there is no such role")
}

// calm starts the program anew if it has to, so that its Go runtime has what
// [wire.GODEBUG] says. It is meant for the hand, and saves the agent work.
func calm() error {
	const name, value = "GODEBUG", wire.GODEBUG
	if os.Getenv(name) == value {
		return nil
	}
	if err := os.Setenv(name, value); err != nil { // the hand inherits it
		return err
	}
	return unix.Exec("/proc/self/exe", os.Args, os.Environ())
}

// serve is the agent: it makes everything ready, says so, and does what it is
// told until the harness hangs up.
func serve() error {
	if err := insertAll("/virtio"); err != nil {
		return err
	}
	port, err := openPort(wire.PortName)
	if err != nil {
		return err
	}
	log, err := openLog()
	if err != nil {
		return err
	}
	hand, err := startHand()
	if err != nil {
		return err
	}
	s := &speaker{port: port, log: log}
	hello, err := greeting()
	if err != nil {
		return err
	}
	if err := finishLine("the agent is ready"); err != nil {
		return err
	}
	if err := s.say(hello); err != nil {
		return err
	}
	go s.follow()
	a := &agent{speaker: s, hand: hand}
	// The one reader of the port. Orders are done beside each other, so that
	// a kernel that hangs in one can still be asked why by another.
	for in := bufio.NewReaderSize(port, 64<<10); ; {
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

func greeting() (*wire.Hello, error) {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return nil, fmt.Errorf("uname: %w", err)
	}
	return &wire.Hello{
		Release: unix.ByteSliceToString(u.Release[:]),
		Version: unix.ByteSliceToString(u.Version[:]),
		Machine: unix.ByteSliceToString(u.Machine[:]),
		CPUs:    runtime.NumCPU(),
	}, nil
}

// finishLine logs a line. u-root's init logs one without a newline, and the
// kernel holds such a line back until the next one comes: without this one it
// would show in the first step.
func finishLine(text string) error {
	return os.WriteFile("/dev/kmsg", []byte("<6>kmodlab: "+text+"\n"), 0)
}
