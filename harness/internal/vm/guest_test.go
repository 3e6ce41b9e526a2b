// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"kmodlab/harness/internal/emulator/emulatortest"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
	"kmodlab/vmimages"
	"kmodlab/vmimages/vmimagestest"
)

// lab is what tests with a real VM need.
type lab struct {
	cache   *cache.Cache
	machine vm.Machine
	kernel  *kernel.Kernel
	module  []byte // testdata/modules/vmt, built for the kernel
}

// newLab returns a lab with a kernel of the series that is ready in the cache;
// "" takes the first there is. Where something is missing, the test is skipped
// and says what.
func newLab(t *testing.T, series string) lab {
	t.Helper()
	c, source := vmimagestest.Kernel(t, series)
	ctx := logged(t)
	qemu := emulatortest.QEMU(t)
	k, err := source.Get(ctx)
	if err != nil {
		t.Fatalf("kernel %s: %v", source.Name, err)
	}
	image, err := vmimages.Initramfs(ctx, c, moduleRoot(t), k)
	if err != nil {
		t.Fatalf("vmimages.Initramfs(%s) = %v; want no error", k.Release, err)
	}
	modules, err := kbuild.Build(ctx, c, k, filepath.Join("testdata", "modules"))
	if err != nil {
		t.Fatalf("kbuild.Build(%s) = %v; want no error", k.Release, err)
	}
	module, err := os.ReadFile(modules.Files["vmt"])
	if err != nil {
		t.Fatal(err)
	}
	return lab{cache: c, kernel: k, module: module, machine: vm.Machine{QEMU: qemu, Kernel: k, Initramfs: image.Path, InitramfsKey: image.Key}}
}

// alone returns a cache of its own, which nobody else uses, with the frozen VM of
// the lab's machine in it: a copy, for a boot takes seconds.
func (l lab) alone(t *testing.T) *cache.Cache {
	t.Helper()
	if _, err := vm.Freeze(logged(t), l.cache, l.machine); err != nil {
		t.Fatalf("Freeze(%s) = %v; want no error", l.kernel.Release, err)
	}
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	copyTemplate(t, vm.TemplateDir(l.cache, l.machine), vm.TemplateDir(c, l.machine))
	return c
}

// copyTemplate makes the folder to a copy of the frozen VM in from, with its holes.
func copyTemplate(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if output, err := exec.CommandContext(t.Context(), "cp", "-r", "--sparse=always", from, to).CombinedOutput(); err != nil {
		t.Fatalf("cp %s %s: %v\n%s", from, to, err, output)
	}
}

// clone returns a clone of the lab's machine that is closed with the test.
func (l lab) clone(t *testing.T) *vm.VM {
	t.Helper()
	template, err := vm.Freeze(logged(t), l.cache, l.machine)
	if err != nil {
		t.Fatalf("Freeze(%s) = %v; want no error", l.kernel.Release, err)
	}
	v, err := template.Clone(t.Context())
	if err != nil {
		t.Fatalf("Clone(%s) = %v; want no error", l.kernel.Release, err)
	}
	t.Cleanup(func() { v.Close() })
	return v
}

// moduleRoot is the folder of go.mod.
func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// logged returns the test's context, with steps and notes in the test's log.
func logged(t *testing.T) context.Context {
	return step.With(t.Context(), func(e step.Event) {
		switch e.Kind {
		case step.Noted:
			t.Log(e.Text)
		case step.Ended:
			t.Logf("%s: %v %v", e.Name, e.Elapsed.Round(time.Millisecond), e.Err)
		}
	})
}
