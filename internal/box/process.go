// SPDX-License-Identifier: GPL-2.0-only

package box

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// process is a command under way.
type process struct {
	cmd    *exec.Cmd
	output *output
	first  int // process ID of the first process of the box; of the command, without walls
	walled bool
	ended  bool          // the command has, not bwrap before it; not before done
	err    error         // how it ended; not before done
	done   chan struct{} // closed when it has ended and was waited for
}

// start starts the command within the wall.
func (w *wall) start(c Command, env []string, l limits) (*process, error) {
	ours, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &process{walled: true, output: &output{heard: c.Heard}, cmd: exec.Command(w.path, w.args(c, l)...)}
	p.cmd.ExtraFiles = []*os.File{theirs}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	told := make(chan struct{})
	first := make(chan int, 1)
	go func() {
		defer close(told)
		p.ended = listen(ours, first)
		ours.Close()
	}()
	err = p.start(env, nil, told)
	theirs.Close()
	if err != nil {
		<-told
		return nil, err
	}
	p.first = <-first
	return p, nil
}

// listen reads what bwrap says of its box, the first process above all, and
// returns whether the command has come to its end.
func listen(r io.Reader, first chan<- int) (ended bool) {
	defer close(first)
	for d := json.NewDecoder(r); ; {
		var said struct {
			Child *int `json:"child-pid"`
			Exit  *int `json:"exit-code"`
		}
		if d.Decode(&said) != nil {
			return ended
		}
		if said.Child != nil {
			first <- *said.Child
		}
		ended = ended || said.Exit != nil
	}
}

// startFree starts the command without walls.
func startFree(c Command, program string, env []string) (*process, error) {
	p := &process{output: &output{heard: c.Heard}, cmd: &exec.Cmd{Path: program, Args: c.Argv, Dir: c.Dir}}
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	p.cmd.WaitDelay = 5 * time.Second // for what stays behind with our pipe in its hands
	told := make(chan struct{})
	close(told)
	if err := p.start(env, harmless, told); err != nil {
		return nil, err
	}
	p.first = p.cmd.Process.Pid
	return p, nil
}

// start starts the command on a thread of its own, prepared by before, and
// waits for it there: the kernel kills the command when the thread ends that
// started it, so the thread must live as long, and no longer than this process.
func (p *process) start(env []string, before func() error, told <-chan struct{}) error {
	p.done = make(chan struct{})
	p.cmd.Env, p.cmd.Stdout, p.cmd.Stderr = env, p.output, p.output
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if before != nil {
			if err := before(); err != nil {
				started <- err
				return
			}
		}
		// A shell, a make or a CI system above us may have left descriptors
		// open. An old kernel (before 5.11) cannot do this.
		unix.CloseRange(3, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
		err := p.cmd.Start()
		started <- err
		if err == nil {
			if !p.walled {
				p.sweep()
			}
			if p.err = p.cmd.Wait(); errors.Is(p.err, exec.ErrWaitDelay) {
				p.err = nil // it ended well; who has left its session holds our pipe
			}
			<-told
			close(p.done)
		}
	}()
	return <-started
}

// sweep kills what is left of the session when the command has ended. Until it
// is waited for, its number stands for nobody else.
func (p *process) sweep() {
	for unix.Waitid(unix.P_PID, p.cmd.Process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil) == unix.EINTR {
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
}

// harmless takes from a thread what it could insert modules with: the
// capability from a root user, and the gain of rights that programs such as
// sudo live from (capabilities(7), prctl(2)).
func harmless() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return os.NewSyscallError("prctl", err)
	}
	if err := unix.Prctl(unix.PR_CAPBSET_DROP, unix.CAP_SYS_MODULE, 0, 0, 0); err != nil && err != unix.EPERM { // not privileged: there is nothing to drop
		return os.NewSyscallError("prctl", err)
	}
	return nil
}

// wait waits for the end, or brings it when ctx or the watch wants it, and
// returns why it had to. Nothing of the command is left then.
func (p *process) wait(ctx context.Context, w *watch) error {
	tick := time.NewTicker(w.every)
	defer tick.Stop()
	first, err := unix.PidfdOpen(p.first, 0) // an error: it has gone
	if err == nil {
		defer unix.Close(first)
	}
	var why error
	for over := false; !over && why == nil; {
		select {
		case <-p.done:
			over = true
		case <-ctx.Done():
			why = context.Cause(ctx)
		case <-tick.C:
			why = w.look()
		}
	}
	if why != nil {
		p.kill()
	}
	<-p.done
	if err == nil && p.walled {
		gone(first)
	}
	return why
}

// kill ends the command with all that belongs to it: a box dies with its first
// process; without walls it is the command's session, and who still has its
// parents in there.
func (p *process) kill() {
	members := tree(p.first)
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	for _, m := range members {
		syscall.Kill(m.pid, syscall.SIGKILL)
	}
}

// gone waits until the first process of a box has ended, which it does when all
// others have.
func gone(first int) {
	for {
		if _, err := unix.Poll([]unix.PollFd{{Fd: int32(first), Events: unix.POLLIN}}, -1); err != unix.EINTR {
			return
		}
	}
}
