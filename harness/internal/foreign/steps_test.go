// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/internal/fault"
)

const patchOfA = `--- a/a.c
+++ b/a.c
@@ -1 +1 @@
-int x;
+int patched;
`

// TestDKMSSteps has a dkms.conf that changes the sources before they are built.
func TestDKMSSteps(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skipf("no patch: %v", err)
	}
	for name, tt := range map[string]struct {
		conf string
		mode os.FileMode // of the script
		want string      // what a.c is then
		err  string
	}{
		"a patch":              {conf: "PATCH=fix.patch\n", want: "int patched;\n"},
		"one for this kernel":  {conf: "PATCH=(bad.patch fix.patch)\nPATCH_MATCH=(^5 ^6)\n", want: "int patched;\n"},
		"one that fails":       {conf: "PATCH=bad.patch\n", err: "a patch of the dkms.conf does not apply to the sources"},
		"one that is not here": {conf: "PATCH=no.patch\n", err: "there is no such patch"},
		"one from elsewhere":   {conf: "PATCH=../../fix.patch\n", err: "there is no such patch"},
		"a script":             {conf: "PRE_BUILD='step.sh one'\nPACKAGE_NAME=p\n", mode: 0o755, want: "int one_p_6_12;\n"},
		"patch, then script":   {conf: "PATCH=fix.patch\nPRE_BUILD='step.sh one'\n", mode: 0o755, want: "int one__6_12;\n"},
		"a script after it":    {conf: "POST_BUILD='step.sh two'\n", mode: 0o755, want: "int two__6_12;\n"},
		"one not to be run":    {conf: "PRE_BUILD='step.sh one'\n", mode: 0o644, want: "int x;\n"},
		"a script that fails":  {conf: "PRE_BUILD=step.sh\n", mode: 0o755, err: "PRE_BUILD of the dkms.conf failed"},
		"and after it":         {conf: "POST_BUILD=step.sh\n", mode: 0o755, err: "POST_BUILD of the dkms.conf failed"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := newFolder(t, map[string]string{"dkms.conf": tt.conf, "Makefile": "obj-m := a.o\n", "a.c": "int x;\n", "patches/fix.patch": patchOfA, "patches/bad.patch": strings.ReplaceAll(patchOfA, "int x", "int y"),
				"step.sh": "#!/bin/sh\n[ $# = 1 ] || { echo no argument; exit 3; }\necho \"int $1_${PACKAGE_NAME}_${kernelver%%.1*}_12;\" >a.c\n"})
			if err := os.Chmod(filepath.Join(dir, "step.sh"), tt.mode|0o600); err != nil {
				t.Fatal(err)
			}
			f, err := Read(dir, "")
			if err != nil {
				t.Fatal(err)
			}
			work := t.TempDir()
			err = f.build(t.Context(), testKernel(t), work, t.TempDir())
			if tt.err != "" {
				if fault.Of(err) != fault.Build || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), work) {
					t.Errorf("build() = %v; want a fault of the build with %q that speaks of the sources", err, tt.err)
				}
				return
			}
			got, readErr := os.ReadFile(filepath.Join(work, f.Name, "a.c"))
			if err != nil || readErr != nil || string(got) != tt.want {
				t.Errorf("build() = %v; a.c is %q, %v; want %q", err, got, readErr, tt.want)
			}
		})
	}
}

// A machine without patch is told how to get it.
func TestNoPatchProgram(t *testing.T) {
	b := newBuild(t, map[string]string{"dkms.conf": "PATCH=fix.patch\n", "patches/fix.patch": patchOfA})
	b.kernel.Toolchain.Env = []string{"PATH=" + t.TempDir()}
	if _, err := b.dkms(t.Context()); fault.Of(err) != fault.Host || !strings.Contains(err.Error(), "apt-get install patch") {
		t.Errorf("dkms() = %v; want a fault of the host that says how to get patch", err)
	}
}

// Of two modules of one name the dkms.conf says which one it means.
func TestBuiltModuleLocation(t *testing.T) {
	const makefile = "modules all:\n\t@mkdir -p x && cp $(KDIR)/template.ko a.ko && cp a.ko x/a.ko && echo more >> x/a.ko\n"
	for location, want := range map[string]string{"x": "x/a.ko", "x/": "x/a.ko", "": "a.ko"} {
		f, err := Read(newFolder(t, map[string]string{"dkms.conf": "BUILT_MODULE_NAME=a\nBUILT_MODULE_LOCATION=" + location + "\nMAKE='make KDIR=$kernel_source_dir'\n", "Makefile": makefile}), "")
		if err != nil {
			t.Fatal(err)
		}
		work, out := t.TempDir(), t.TempDir()
		if err := f.build(t.Context(), testKernel(t), work, out); err != nil {
			t.Errorf("%q: build() = %v", location, err)
			continue
		}
		made, err1 := os.ReadFile(filepath.Join(work, f.Name, want))
		kept, err2 := os.ReadFile(filepath.Join(out, "debug/a.ko"))
		if err1 != nil || err2 != nil || string(made) != string(kept) {
			t.Errorf("%q: what is kept is not %s: %v, %v", location, want, err1, err2)
		}
	}
}
