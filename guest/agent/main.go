// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

// Command agent is the guest's side of the wire. It runs as u-root's uinit.
//
// It starts the executor (guest/executor), which inserts and removes modules, watches
// over its life, and does what needs no module: runs commands, reports the
// kernel log. It is dumb on purpose and judges nothing. What can be judged is
// judged on the host, where it can be tested without a VM.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"

	"golang.org/x/sys/unix"

	"kmodlab/internal/wire"
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
		return serve()
	case "shell":
		return shell(args)
	case "size":
		return resize(args)
	case dmesgName:
		return dmesg(args, os.Stdout)
	}
	return errors.New("there is no such role")
}

// serve is the agent: it makes everything ready, says so, and does what it is
// told until the harness hangs up.
func serve() error {
	if err := insertAll("/virtio"); err != nil {
		return err
	}
	port, err := openPort(wire.AgentPort)
	if err != nil {
		return err
	}
	log, err := openLog()
	if err != nil {
		return err
	}
	executor := &executor{}
	if err := executor.start(io.SeekEnd); err != nil { // the log until now comes with the greeting
		return err
	}
	hello, err := greeting()
	if err != nil {
		return err
	}
	if err := finishLine("the agent is ready"); err != nil {
		return err
	}
	s := &speaker{port: port, log: log}
	if err := s.say(hello); err != nil {
		return err
	}
	over := make(chan error)
	go func() { over <- executor.watch(s) }()
	go func() { over <- (&agent{speaker: s, executor: executor}).listen() }()
	return <-over
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
