// SPDX-License-Identifier: GPL-2.0-only

// Package vmimagestest gives tests a kernel that is there already: no test
// downloads or installs anything.
package vmimagestest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages"
)

// LongTests names the variable that has long tests run, when it is 1.
const LongTests = "KMODLAB_TEST_LONG"

// Long skips a test that takes minutes of a machine, and tells nothing that a
// shorter one would not tell of most changes: unless it is asked for.
func Long(t testing.TB) {
	t.Helper()
	if os.Getenv(LongTests) != "1" {
		t.Skip("long: go tool mage test -long runs it, and so does " + LongTests + "=1")
	}
}

// Archive returns the user's cache, and the archive with what is kept in it.
func Archive(t testing.TB) (*cache.Cache, *vmimages.Archive) {
	t.Helper()
	c, err := cache.Open()
	if err != nil {
		t.Skipf("no cache: %v", err)
	}
	catalogue, err := vmimages.Load()
	if err != nil {
		t.Fatal(err)
	}
	lock, err := vmimages.LoadLock()
	if err != nil {
		t.Fatal(err)
	}
	return c, vmimages.NewArchive(c, catalogue, lock, false)
}

// Kernel returns the user's cache and the kernel called name ("6.12",
// "7.3 rt") in it; the first one of amd64 for "". A test that cannot have a VM
// of it is skipped, and says what is missing: it is short, or there is no QEMU,
// no cache, or no such kernel in the cache.
func Kernel(t testing.TB, name string) (*cache.Cache, kernel.Source) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: needs VMs")
	}
	c, provider := Archive(t)
	if _, err := exec.LookPath("qemu-system-x86_64"); err != nil {
		if _, cached := provider.CachedEmulator("amd64"); !cached {
			t.Skipf("no VM: there is no QEMU in the cache, and %v", err)
		}
	}
	rows, err := provider.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if row.Cached && row.Choice.Arch == "amd64" && (name == "" || row.Name == name) {
			return c, provider.Source(row.Choice)
		}
	}
	if strings.HasSuffix(name, " debug") {
		t.Skip("no debug kernel in the cache; go tool mage kernels:fetch -flavour=debug")
	}
	t.Skipf("kernel %q is not in the cache; go tool mage run -kernel=SERIES fetches one", name)
	return nil, kernel.Source{}
}
