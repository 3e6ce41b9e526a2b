// SPDX-License-Identifier: GPL-2.0-only

package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"kmodlab/harness/internal/host"

	"golang.org/x/sys/unix"
)

// loops is how many busy loops share a CPU with what is tested.
const loops = 8

// load has busy loops take the CPUs, now and then.
func load(ctx context.Context, chance *rand.Rand) error {
	for ctx.Err() == nil {
		if err := spin(ctx, between(chance, 10*time.Second, 2*time.Minute)); err != nil {
			return err
		}
		wait(ctx, between(chance, 0, 5*time.Second))
	}
	return nil
}

// spin keeps all CPUs busy for a while. The loops end with this process.
func spin(ctx context.Context, d time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	ended := make(chan error)
	n := loops * runtime.NumCPU()
	for range n {
		go func() {
			runtime.LockOSThread() // it lives as long as its loop, which dies with it
			cmd := exec.CommandContext(ctx, "sh", "-c", "while :; do :; done")
			cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
			err := cmd.Run()
			if ctx.Err() != nil {
				err = nil
			}
			ended <- err
		}()
	}
	var failed error
	for range n {
		failed = errors.Join(failed, <-ended)
	}
	return failed
}

// memory takes nearly all that is free, for a while.
func memory(ctx context.Context, chance *rand.Rand) error {
	const (
		leave = 1 << 30 // three VMs and the harness must be able to live
		piece = 256 << 20
	)
	for ctx.Err() == nil {
		var taken [][]byte
		for free() > leave+piece && ctx.Err() == nil {
			b, err := unix.Mmap(-1, 0, piece, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANONYMOUS|unix.MAP_POPULATE)
			if err != nil {
				break // that little is free
			}
			taken = append(taken, b)
		}
		wait(ctx, between(chance, 5*time.Second, time.Minute))
		for _, b := range taken {
			unix.Munmap(b)
		}
		wait(ctx, between(chance, 0, 5*time.Second))
	}
	return nil
}

// free returns the bytes of memory that programs can still get; 0 where nobody
// tells.
func free() int64 {
	bytes, _ := host.Available()
	return bytes
}

// offline switches the machine's second CPU off and on again.
func offline(ctx context.Context, chance *rand.Rand) error {
	const path = "/sys/devices/system/cpu/cpu1/online"
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err // nobody may, or there is no other CPU
	}
	f.Close()
	for ctx.Err() == nil {
		// Nothing ends the shell before the CPU is back.
		script := fmt.Sprintf("trap '' HUP INT TERM; echo 0 >%[1]s && sleep %.1[2]f; echo 1 >%[1]s", path, between(chance, time.Second, 20*time.Second).Seconds())
		cmd := exec.Command("sh", "-c", script)
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if output, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%w: %s", err, output)
		}
		wait(ctx, between(chance, 0, 5*time.Second))
	}
	return nil
}
