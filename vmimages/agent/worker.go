// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"kmodlab/harness/wire"
)

func init() {
	// In init the main goroutine is still on the process's first thread.
	// Locked to it, the hand's worker is the task with the hand's own pid.
	if slices.Contains(os.Args[1:], "hand") {
		runtime.LockOSThread()
	}
}

// becomeWorker makes the calling thread the one that enters the kernel for the
// agent, and has another goroutine watch over its life.
func becomeWorker() error {
	// What a lesson shows must not depend on who else is scheduled. Task
	// works run when the inserting task goes back to user mode, user-return
	// notifiers when any task does so on that CPU; printk wakes the agent's
	// log reader, which could get there first. A real-time worker is not
	// preempted by it, so it is the first one back. Sleeping in a module
	// still lets all others run, and should module code spin, the kernel's
	// real-time throttling gives the others 5 % of the CPU.
	if err := unix.SchedSetAttr(0, &unix.SchedAttr{
		Size: unix.SizeofSchedAttr, Policy: unix.SCHED_FIFO, Priority: 1, Flags: unix.SCHED_FLAG_RESET_ON_FORK,
	}, 0); err != nil {
		return fmt.Errorf("real-time priority for the hand: %w", err)
	}
	// User-return notifiers belong to a CPU: insert and remove must happen on
	// the same one.
	var first unix.CPUSet
	first.Set(0)
	if err := unix.SchedSetaffinity(0, &first); err != nil {
		return fmt.Errorf("pin the hand to CPU 0: %w", err)
	}
	// No signal may end a module's interruptible sleep.
	var all unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^uint64(0)
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, nil); err != nil {
		return fmt.Errorf("block signals: %w", err)
	}
	watchOver()
	return nil
}

// watchOver ends the process when the calling thread dies alone.
//
// An oops kills the task, which is one thread of the hand; the others would
// live on and the agent would wait for ever. But the kernel clears a word and
// wakes its waiters when a thread ends, however it ends (set_tid_address(2)).
func watchOver() {
	tid := new(uint32)
	*tid = uint32(unix.Gettid())
	alive := *tid
	unix.RawSyscall(unix.SYS_SET_TID_ADDRESS, uintptr(unsafe.Pointer(tid)), 0, 0)
	go func() {
		const futexWait = 0 // FUTEX_WAIT; not private, for that is how the kernel wakes it
		for atomic.LoadUint32(tid) == alive {
			unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(tid)), futexWait, uintptr(alive), 0, 0, 0)
		}
		os.Exit(deadTask)
	}()
}

// work does what the order says, on the calling thread.
func work(o *wire.Order) *wire.Answer {
	begin := time.Now()
	ans := &wire.Answer{}
	var err error
	switch o.Verb {
	case wire.DoInsert:
		rename("insmod")
		// init_module, which takes the image from memory, and once only: a
		// tool that tries again in another way runs a failing init twice.
		err = unix.InitModule(o.Blob, o.Params)
	case wire.DoRemove:
		rename("rmmod")
		err = unix.DeleteModule(o.Name, o.Flags)
	case wire.DoRead:
		rename("cat")
		ans.Blob, err = readFile(o.Path)
	case wire.DoWrite:
		rename("tee")
		err = writeFile(o.Path, o.Mode, o.Blob)
	}
	ans.Elapsed = time.Since(begin)
	ans.Errno = errnoOf(err)
	return ans
}

// rename gives the task the name it would have in a session by hand, so that
// a module or an oops that prints it prints the same here.
func rename(comm string) {
	name := append([]byte(comm), 0)
	unix.RawSyscall(unix.SYS_PRCTL, unix.PR_SET_NAME, uintptr(unsafe.Pointer(&name[0])), 0)
}

// readFile reads at most [wire.MaxOutput] bytes of a file. It uses system calls,
// for Go would hand a file that can be polled to another thread.
func readFile(path string) ([]byte, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer unix.Close(fd)
	var all []byte
	for piece := make([]byte, 64<<10); len(all) < wire.MaxOutput; {
		n, err := unix.Read(fd, piece)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil || n == 0 {
			return all, err
		}
		all = append(all, piece[:n]...)
	}
	return all, nil
}

func writeFile(path string, mode uint32, data []byte) error {
	fd, err := unix.Open(path, unix.O_WRONLY|unix.O_CREAT|unix.O_TRUNC|unix.O_CLOEXEC, mode)
	if err != nil {
		return err
	}
	for len(data) > 0 {
		n, err := unix.Write(fd, data)
		if err != nil && !errors.Is(err, unix.EINTR) {
			unix.Close(fd)
			return err
		}
		data = data[max(n, 0):]
	}
	return unix.Close(fd)
}
