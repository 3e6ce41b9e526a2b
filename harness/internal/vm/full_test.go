// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
)

// smallDisk tells the test binary that it has mounts of its own, and names the
// folder to mount a small disk on.
const smallDisk = "KMODLAB_TEST_SMALL_DISK"

// TestTemplateOnAFullDisk runs TestOnASmallDisk as a process that may mount.
func TestTemplateOnAFullDisk(t *testing.T) {
	newLab(t, "")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOnASmallDisk$", "-test.v")
	cmd.Env = append(os.Environ(), smallDisk+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	output, err := cmd.CombinedOutput()
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.ENOSPC) || strings.Contains(string(output), "--- SKIP") {
		t.Skipf("needs a user namespace in which a disk can be mounted: %v\n%s", err, output)
	}
	if err != nil {
		t.Errorf("%v\n%s", err, output)
	}
	t.Logf("%s", output)
}

// TestOnASmallDisk is no test of its own: it freezes on a disk that is too
// small, and again when there is room.
func TestOnASmallDisk(t *testing.T) {
	dir := os.Getenv(smallDisk)
	if dir == "" {
		t.Skip("is started by TestTemplateOnAFullDisk")
	}
	l := newLab(t, "")
	if err := syscall.Mount("small", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("cannot mount a disk: %v", err)
	}
	defer syscall.Unmount(dir, 0)
	c, err := cache.At(filepath.Join(dir, "cache"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = vm.Freeze(logged(t), c, l.machine)
	if fault.Of(err) != fault.Host || fault.Exit(err) != fault.ExitHarness {
		t.Fatalf("Freeze on a full disk = %v; want a fault of the host", err)
	}
	for _, want := range []string{"the disk is full", dir, "hint: free some space"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("Freeze on a full disk = %v; want %q in it", err, want)
		}
	}
	t.Log(err)
	for _, sub := range []string{"tmp/*", "locks/*", "template/*"} {
		if left, _ := filepath.Glob(filepath.Join(c.Root(), sub)); len(left) > 0 {
			t.Errorf("%v is left; want nothing", left)
		}
	}
	if err := syscall.Mount("small", dir, "tmpfs", syscall.MS_REMOUNT, "size=512m"); err != nil {
		t.Fatal(err)
	}
	template, err := vm.Freeze(logged(t), c, l.machine)
	if err != nil || !template.Frozen() {
		t.Fatalf("Freeze when there is room = %v; want a frozen VM", err)
	}
	v, err := template.Clone(t.Context())
	if err != nil {
		t.Fatalf("Clone = %v; want no error", err)
	}
	defer v.Close()
	if ans := l.insert(t, v); ans.Errno != 0 {
		t.Errorf("insert = %v; want no error", ans.Errno)
	}
}

// TestStateOnAFullDisk checks that a state which cannot be kept is blamed on
// the disk, not on QEMU, and is not waited for.
func TestStateOnAFullDisk(t *testing.T) {
	const full = "/dev/full"
	if _, err := os.Stat(full); err != nil {
		t.Skipf("needs %s: %v", full, err)
	}
	l := newLab(t, "")
	v, err := vm.Boot(logged(t), l.machine)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if err := v.WriteState(t.Context(), full); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("WriteState to %s = %v; want ENOSPC", full, err)
	}
}
