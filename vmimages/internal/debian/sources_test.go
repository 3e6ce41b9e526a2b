// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

// Of the sources of a kernel those of its core are kept.
func TestUnpackSources(t *testing.T) {
	if _, err := exec.LookPath("xz"); err != nil {
		t.Skip("needs xz: ", err)
	}
	dir := t.TempDir()
	writeSources(t, filepath.Join(dir, "usr/src"), []string{
		"l/kernel/panic.c", "l/kernel/rcu/tree.h", "l/kernel/Makefile", "l/fs/super.c", "l/fs/proc/root.c", "l/fs/ext4/super.c",
		"l/drivers/base/core.c", "l/drivers/net/dummy.c", "l/arch/x86/kernel/traps.c", "l/arch/x86/kvm/x86.c", "l/tools/lib/string.c",
	})
	if err := unpackSources(t.Context(), dir, corePlace); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			got = append(got, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"arch/x86/kernel/traps.c", "drivers/base/core.c", "fs/proc/root.c", "fs/super.c", "kernel/panic.c", "kernel/rcu/tree.h"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

// The newest sources of a series are fetched once.
func TestSources(t *testing.T) {
	if _, err := exec.LookPath("xz"); err != nil {
		t.Skip("needs xz: ", err)
	}
	archive, lock, c := newLab(t)
	dir := t.TempDir()
	writeSources(t, dir, []string{"l/kernel/panic.c", "l/mm/slub.c", "l/arch/x86/kernel/traps.c"})
	text, err := os.ReadFile(filepath.Join(dir, "linux-source-6.1.tar.xz"))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"6.1.9-1", "6.1.10-1"} {
		archive.add(testSuite, "linux-source-6.1", version, "all", "", map[string]string{kernelSource + "6.1.tar.xz": string(text)})
	}
	archive.publish(testSuite)
	p := archive.provider(c, testCatalogue, lock, Options{})
	if got, ok := p.CachedSources("6.1"); ok {
		t.Errorf("CachedSources() = %+v before there are any", got)
	}
	for range 2 {
		got, err := p.Sources(t.Context(), "6.1")
		if err != nil {
			t.Fatal(err)
		}
		if err := present(got.Dir, "kernel/panic.c"); err != nil || got.Version != "6.1.10-1" {
			t.Errorf("Sources() = %+v, in which: %v; want 6.1.10-1 with kernel/panic.c", got, err)
		}
	}
	if n := archive.downloads(); n != 1 {
		t.Errorf("%d downloads; want 1", n)
	}
	if got, ok := p.CachedSources("6.1"); !ok || got.Version != "6.1.10-1" || present(got.Dir, "kernel/panic.c") != nil {
		t.Errorf("CachedSources() = %+v, %t; want those of 6.1.10-1", got, ok)
	}
	var f *fault.Error
	if _, err := p.Sources(t.Context(), "1.2"); !errors.As(err, &f) || f.Owner != fault.Usage {
		t.Errorf("Sources(1.2) = %v; want a fault of the user", err)
	}
}
