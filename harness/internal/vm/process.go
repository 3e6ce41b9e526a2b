// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is a running QEMU and our ends of its descriptors.
type process struct {
	console  *os.File
	monitor  *os.File
	agent    *os.File
	executor *os.File
	cmd      *exec.Cmd
	output   *bytes.Buffer // what QEMU printed; not before done
	done     chan struct{} // closed when QEMU has ended and was waited for
	err      error         // of waiting; not before done

	mu    sync.Mutex // guards what follows
	stops int        // how often it was seen to have gone on after a stop
}

// startQEMU starts QEMU with args. state, if not nil, becomes its stateFD and
// is closed here.
func startQEMU(q QEMU, args []string, state *os.File) (*process, error) {
	p := &process{output: new(bytes.Buffer), done: make(chan struct{})}
	var theirs []*os.File
	defer func() {
		for _, f := range theirs {
			f.Close()
		}
	}()
	for _, ours := range []**os.File{&p.console, &p.monitor, &p.agent, &p.executor} {
		a, b, err := socketpair()
		if err != nil {
			p.closeOurs()
			return nil, err
		}
		*ours = a
		theirs = append(theirs, b)
	}
	if state != nil {
		theirs = append(theirs, state)
	}
	argv := q.argv(args...)
	p.cmd = exec.Command(argv[0], argv[1:]...)
	p.cmd.Env = sealed()
	p.cmd.ExtraFiles = theirs
	p.cmd.Stdout, p.cmd.Stderr = p.output, p.output
	p.cmd.SysProcAttr = &syscall.SysProcAttr{
		// The kernel kills QEMU when the thread that started it ends.
		Pdeathsig: syscall.SIGKILL,
		// Ctrl-C in a terminal goes to us, and we end QEMU.
		Setpgid: true,
	}
	p.cmd.WaitDelay = time.Second
	started := make(chan error)
	go func() {
		// This thread lives as long as QEMU does, and no longer than this
		// process: that makes the signal above mean what it should. It is
		// never unlocked, so it ends with the goroutine.
		runtime.LockOSThread()
		err := p.cmd.Start()
		started <- err
		if err == nil {
			p.err = p.cmd.Wait()
			close(p.done)
		}
	}()
	if err := <-started; err != nil {
		p.closeOurs()
		return nil, fmt.Errorf("start %s: %w", argv[0], err)
	}
	return p, nil
}

// stopped returns how often QEMU has gone on after it was stopped by a signal.
func (p *process) stopped() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	var info unix.Siginfo
	err := unix.Waitid(unix.P_PID, p.cmd.Process.Pid, &info, unix.WCONTINUED|unix.WNOHANG, nil)
	if err == nil && info.Signo != 0 { // which the kernel counts once, however often it was
		p.stops++
	}
	return p.stops
}

// sealed is the environment of QEMU: nothing of the user's that could change
// what it emulates, or be a secret.
func sealed() []string {
	return []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TMPDIR=" + os.TempDir()}
}

// kill ends QEMU at once. Killing one that has ended does nothing.
func (p *process) kill() {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		panic(err) // it is our own child
	}
}

func (p *process) closeOurs() {
	for _, f := range []*os.File{p.console, p.monitor, p.agent, p.executor} {
		if f != nil {
			f.Close()
		}
	}
}

// socketpair returns two connected sockets without a name: ours, which Go
// polls, and one to be inherited.
func socketpair() (ours, theirs *os.File, err error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	if err := unix.SetNonblock(fds[0], true); err != nil {
		unix.Close(fds[0])
		unix.Close(fds[1])
		return nil, nil, os.NewSyscallError("fcntl", err)
	}
	return os.NewFile(uintptr(fds[0]), "ours"), os.NewFile(uintptr(fds[1]), "theirs"), nil
}
