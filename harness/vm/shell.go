// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"

	"github.com/u-root/u-root/pkg/cpio"
	"golang.org/x/sys/unix"

	"kmodlab/harness/fault"
)

// terminal is the console of a VM for a person: QEMU's own input and output.
func terminal(on board) part {
	return part{
		// Ctrl-C goes to the guest.
		qemu:   []string{"-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"},
		kernel: append(slices.Clone(on.console), "uroot.uinitargs=shell"),
	}
}

// Shell boots m and gives the person at the terminal a shell in it, on in and
// out. The guest finds files, named by their paths in it ("modules/notify.ko"),
// with their contents. It returns when the shell has ended.
func Shell(ctx context.Context, m Machine, files map[string][]byte, in, out *os.File) error {
	m = m.withDefaults()
	image, err := extended(m.Initramfs, files)
	if err != nil {
		return err
	}
	defer image.Close()
	on := boardOf(m.Kernel.Arch)
	args := commandLine(bare(on), sandbox(), processor(on, m.Accel, m.CPUs, m.CPUFlags), memory(m.MemoryMiB, "", false),
		software(m.Kernel.Image, "/proc/self/fd/3"), terminal(on), part{kernel: m.KernelArgs})
	// In the terminal's foreground, unlike other VMs: it reads from there.
	cmd := exec.CommandContext(ctx, m.QEMU.Path, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, out
	cmd.ExtraFiles = []*os.File{image}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) } // QEMU sets the terminal right again
	ended := make(chan error)
	go func() {
		runtime.LockOSThread() // as for every QEMU
		ended <- cmd.Run()
	}()
	if err := <-ended; err != nil && ctx.Err() == nil {
		return &fault.Error{Party: fault.Host, What: "QEMU failed", Where: m.Kernel.Release, Err: err, Fix: "QEMU's own message is above"}
	}
	return context.Cause(ctx)
}

// extended returns the initramfs at path with files after it, as a file that
// has no name.
func extended(path string, files map[string][]byte) (*os.File, error) {
	base, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	fd, err := unix.MemfdCreate("initramfs", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd_create: %w", err)
	}
	image := os.NewFile(uintptr(fd), "initramfs")
	records := []cpio.Record{cpio.Directory("modules", 0o755)}
	for name, data := range files {
		records = append(records, cpio.StaticFile(name, string(data), 0o644))
	}
	_, err = image.Write(base)
	w := cpio.Newc.Writer(image)
	if err == nil {
		err = cpio.WriteRecords(w, records)
	}
	if err == nil {
		err = cpio.WriteTrailer(w)
	}
	if err != nil {
		image.Close()
		return nil, err
	}
	return image, nil
}
