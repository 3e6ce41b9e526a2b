// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"kmodlab/internal/wire"
)

// executorPath is the executor's program in the guest; see guest/executor.
const executorPath = "/bin/executor"

// executor is the process that goes into the kernel. The harness talks to it over
// its own port; the agent starts it and tells how it ends.
type executor struct {
	pid atomic.Int64 // of the one that lives
	cmd *exec.Cmd
}

// start starts an executor that reads the log from the ring's start, or from its end
// on for whence io.SeekEnd.
func (h *executor) start(whence int) error {
	port, err := openPort(wire.ExecutorPort)
	if err != nil {
		return err
	}
	defer port.Close()
	log, err := openLog()
	if err != nil {
		return err
	}
	if _, err := unix.Seek(log.fd, 0, whence); err != nil {
		return fmt.Errorf("seek in /dev/kmsg: %w", err)
	}
	kmsg := os.NewFile(uintptr(log.fd), "/dev/kmsg")
	defer kmsg.Close()
	h.cmd = exec.Command(executorPath)
	h.cmd.ExtraFiles = []*os.File{port, kmsg} // executor.c counts on this order
	h.cmd.Stdout, h.cmd.Stderr = os.Stdout, os.Stderr
	if err := h.cmd.Start(); err != nil {
		return fmt.Errorf("start the executor: %w", err)
	}
	h.pid.Store(int64(h.cmd.Process.Pid))
	return prefer(h.cmd.Process.Pid)
}

// prefer has the task run before all others, on the first CPU.
func prefer(pid int) error {
	// What a lesson shows must not depend on who else is scheduled. Task
	// works run when the inserting task goes back to user mode, user-return
	// notifiers when any task does so on that CPU. A real-time task is the
	// first one back, whomever the module wakes. Sleeping in a module still
	// lets all others run, and should module code spin, the kernel's real-time
	// throttling gives the others 5 % of the CPU.
	if err := unix.SchedSetAttr(pid, &unix.SchedAttr{
		Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1, Flags: unix.SCHED_FLAG_RESET_ON_FORK,
	}, 0); err != nil {
		return fmt.Errorf("real-time priority for the executor: %w", err)
	}
	// User-return notifiers belong to a CPU: insert and remove must happen on
	// the same one.
	var first unix.CPUSet
	first.Set(0)
	if err := unix.SchedSetaffinity(pid, &first); err != nil {
		return fmt.Errorf("pin the executor to CPU 0: %w", err)
	}
	return nil
}

// watch tells of each executor how it ended, and starts the next. It returns when
// none can be started.
func (h *executor) watch(s *speaker) error {
	for {
		how := h.bury()
		// The next may be asked before the harness has heard what the agent
		// says here, so it has to know the whole log itself.
		if err := h.start(io.SeekStart); err != nil {
			return err
		}
		if err := s.say(&wire.Fallen{How: how}); err != nil {
			return err
		}
	}
}

// bury waits for the end of the executor and returns how it died.
func (h *executor) bury() string {
	err := h.cmd.Wait()
	status, ok := h.cmd.ProcessState.Sys().(syscall.WaitStatus)
	switch {
	case ok && status.Signaled():
		// An oops ends its task as SIGSEGV or SIGKILL would (oops_end and
		// page_fault_oops in arch/x86), and it is in system calls that the
		// executor spends its life.
		return "the task was killed inside the system call"
	case err != nil && !ok:
		return "the task ended: " + err.Error()
	}
	return "the task ended with status " + strconv.Itoa(status.ExitStatus())
}
