// SPDX-License-Identifier: GPL-2.0-only

package chaos

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"syscall"
	"time"

	"kmodlab/harness/internal/host"
)

// How long something stands still.
const (
	leastStop = time.Second
	mostStop  = time.Minute
)

// stop stops emulators of this program, one at a time, anywhere in their work,
// and lets them go on. It is an error when there never was one to be stopped.
func stop(ctx context.Context, chance *rand.Rand) error {
	stopped := 0
	for ctx.Err() == nil {
		pids := emulators()
		if len(pids) == 0 {
			wait(ctx, 10*time.Millisecond)
			continue
		}
		pid := pids[chance.IntN(len(pids))]
		syscall.Kill(pid, syscall.SIGSTOP) // one that has just ended does not mind
		wait(ctx, between(chance, leastStop, mostStop))
		syscall.Kill(pid, syscall.SIGCONT)
		stopped++
		wait(ctx, between(chance, 0, 20*time.Second))
	}
	if stopped == 0 {
		return errUndisturbed
	}
	return nil
}

// pause stops this program. Another one has to let it go on.
func pause(ctx context.Context, chance *rand.Rand) error {
	for ctx.Err() == nil {
		wait(ctx, between(chance, 0, 20*time.Second))
		seconds := between(chance, leastStop, mostStop).Seconds()
		// Nothing ends the shell before it has let us go on.
		script := fmt.Sprintf("trap '' HUP INT TERM; kill -STOP %[1]d; sleep %.1[2]f; kill -CONT %[1]d", os.Getpid(), seconds)
		cmd := exec.Command("sh", "-c", script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Run(); err != nil {
			return err
		}
	}
	return nil
}

// emulators returns the process ids of the emulators that this process started.
func emulators() []int { return host.Emulators(os.Getpid()) }
