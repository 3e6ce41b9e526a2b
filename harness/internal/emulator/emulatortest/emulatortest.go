// SPDX-License-Identifier: GPL-2.0-only

// Package emulatortest gives tests the QEMU that a run would take, if it is there
// already: no test downloads or installs anything.
package emulatortest

import (
	"context"
	"fmt"
	"testing"

	"kmodlab/harness/internal/emulator"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/vmimages"
	"kmodlab/vmimages/vmimagestest"
)

// cached is an archive that cannot be reached: it has what is in the cache.
type cached struct{ *vmimages.Archive }

func (c cached) Emulator(_ context.Context, arch string) (vmimages.Emulator, error) {
	if e, ok := c.CachedEmulator(arch); ok {
		return e, nil
	}
	return vmimages.Emulator{}, &fault.Error{Owner: fault.Archive, What: fmt.Sprintf("the emulator of %s is not in the cache", arch), Hint: "go tool mage run fetches it"}
}

// Find returns what looks for the emulator of an architecture.
func Find(t testing.TB) func(ctx context.Context, arch string) (vm.QEMU, error) {
	t.Helper()
	choice, err := emulator.Chosen("", "")
	if err != nil {
		t.Fatal(err)
	}
	_, archive := vmimagestest.Archive(t)
	return func(ctx context.Context, arch string) (vm.QEMU, error) {
		return choice.Find(ctx, cached{archive}, arch, false)
	}
}

// QEMU returns the emulator of amd64. Without one the test is skipped.
func QEMU(t testing.TB) vm.QEMU {
	t.Helper()
	q, err := Find(t)(t.Context(), "amd64")
	if err != nil {
		t.Skipf("needs QEMU: %v", err)
	}
	return q
}
