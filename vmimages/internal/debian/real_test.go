// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// TestRealArchive fetches a kernel of the real archive (some 100 MB) and
// builds a module against it, with no compiler of the machine in reach.
func TestRealArchive(t *testing.T) {
	if os.Getenv("KMODLAB_TEST_ARCHIVE") != "1" {
		t.Skip("fetches 100 MB from the Debian archive; set KMODLAB_TEST_ARCHIVE=1 to run it")
	}
	text, err := os.ReadFile("../../catalogue.toml")
	if err != nil {
		t.Fatal(err)
	}
	cat, err := catalogue.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile("../../kernels.lock"); err != nil {
		t.Fatal(err)
	}
	lock, err := catalogue.ParseLock(text)
	if err != nil {
		t.Fatal(err)
	}
	ctx := step.With(t.Context(), func(e step.Event) {
		if e.Kind == step.Ended {
			t.Logf("%s: %v", e.Name, e.Elapsed)
		}
	})
	k, err := New(newCache(t), cat, lock, Options{}).kernel(ctx, catalogue.Choice{Series: "7.3", Flavour: "cloud", Arch: "amd64", Suite: "trixie-backports"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Kbuild"), "obj-m := empty.o\n", 0o644)
	write(t, filepath.Join(dir, "empty.c"), "#include <linux/module.h>\nMODULE_LICENSE(\"GPL\");\nMODULE_DESCRIPTION(\"empty\");\n", 0o644)
	bin := t.TempDir()
	for _, program := range []string{"make", "sh", "awk", "cat", "rm", "mv", "mkdir", "touch", "sed", "grep", "expr", "pwd", "echo", "printf", "sort", "dirname", "basename", "cmp", "ln", "test", "true", "uname", "tr", "env", "find", "xargs", "cut", "head", "readlink", "realpath"} {
		if path, err := exec.LookPath(program); err == nil {
			if err := os.Symlink(path, filepath.Join(bin, program)); err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := exec.CommandContext(ctx, "make", append([]string{"-C", k.Headers, "M=" + dir, "CC=" + k.Toolchain.CC, "modules"}, k.Toolchain.Arguments()...)...)
	cmd.Env = []string{"PATH=" + k.Toolchain.Bin + ":" + bin}
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("make: %v\n%s", err, output)
	}
	if info, err := os.Stat(filepath.Join(dir, "empty.ko")); err != nil || info.Size() == 0 {
		t.Errorf("no module was built: %v", err)
	}
}
