// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/kernel"
)

// newBuild returns a build of a folder of files for a kernel with nothing in
// it but a configuration.
func newBuild(t *testing.T, files map[string]string) *build {
	t.Helper()
	headers := t.TempDir()
	for name, text := range map[string]string{".config": "CONFIG_USB=m\nCONFIG_PCI=y\n", "Module.symvers": ""} {
		if err := os.WriteFile(filepath.Join(headers, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	k := &kernel.Kernel{Release: "6.12.1-test", Version: "6.12.1", Arch: "amd64", Headers: headers, Config: filepath.Join(headers, ".config")}
	f, err := Read(newFolder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	b := &build{folder: f, kernel: k, work: t.TempDir()}
	b.root = filepath.Join(b.work, f.Name)
	b.stage = b.root
	if err := b.furnish(); err != nil {
		t.Fatal(err)
	}
	return b
}

func needBash(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skipf("no bash: %v", err)
	}
}

func TestDKMSCommand(t *testing.T) {
	needBash(t)
	for name, tt := range map[string]struct {
		conf, want string
		promised   []string
	}{
		"a plain make":       {"MAKE[0]=\"make -C src\"\nBUILT_MODULE_NAME[0]=a\n", "make KERNELRELEASE=6.12.1-test -C src", []string{"a"}},
		"a quoted make":      {"MAKE=\"'make' KVER=$kernelver\"\n", "'make' KVER=6.12.1-test", nil},
		"where kernels are":  {"MAKE=\"sh b.sh /lib/modules/${kernelver}/build $kernel_source_dir\"\n", "sh b.sh WORK/lib/modules/6.12.1-test/build HEADERS", nil},
		"its own place":      {"PACKAGE_NAME=p\nPACKAGE_VERSION=$(cat VERSION)\nMAKE=\"x ${dkms_tree}/$PACKAGE_NAME/$PACKAGE_VERSION/build\"\n", "x WORK/dkms/p/1.0/build", nil},
		"no command":         {"BUILT_MODULE_NAME=(a b)\n", "", []string{"a", "b"}},
		"the package's name": {"PACKAGE_NAME=p\nDEST_MODULE_LOCATION[0]=/extra\n", "", []string{"p"}},
		"another for some":   {"MAKE=\"make\"\nMAKE[1]=\"other\"\nMAKE_MATCH[1]='^6\\.12'\nMAKE[2]=third\nMAKE_MATCH[2]='^5'\n", "other", nil},
		"the kernel's uname": {"MAKE=\"x $(uname -r)\"\n", "x 6.12.1-test", nil},
		"a failing command":  {"[ 1 = 2 ] && MAKE=a\nMAKE=b\n[ 1 = 2 ] && MAKE=c\n", "b", nil},
		"talks much":         {"echo MAKE; echo x >&2; read y\nMAKE=b\n", "b", nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBuild(t, map[string]string{"dkms.conf": tt.conf, "VERSION": "1.0\n"})
			got, err := b.dkms(context.Background())
			got = strings.NewReplacer(b.work, "WORK", b.kernel.Headers, "HEADERS").Replace(got)
			if err != nil || got != tt.want {
				t.Errorf("dkms() = %q, %v; want %q", got, err, tt.want)
			}
			if d := cmp.Diff(tt.promised, b.promised); d != "" {
				t.Errorf("promised modules (-want +got):\n%s", d)
			}
		})
	}
}

func TestDKMSExcludes(t *testing.T) {
	needBash(t)
	for name, tt := range map[string]struct{ conf, want string }{
		"this kernel":        {`BUILD_EXCLUSIVE_KERNEL="^(6\.1[0-9]|7)\."`, ""},
		"other kernels":      {`BUILD_EXCLUSIVE_KERNEL="^5\."`, "BUILD_EXCLUSIVE_KERNEL="},
		"no expression":      {`BUILD_EXCLUSIVE_KERNEL="(("`, "BUILD_EXCLUSIVE_KERNEL="},
		"new enough":         {`BUILD_EXCLUSIVE_KERNEL_MIN=6.12`, ""},
		"not new enough":     {`BUILD_EXCLUSIVE_KERNEL_MIN=6.13`, "BUILD_EXCLUSIVE_KERNEL_MIN="},
		"too new":            {`BUILD_EXCLUSIVE_KERNEL_MAX=6.1`, "BUILD_EXCLUSIVE_KERNEL_MAX="},
		"this architecture":  {`BUILD_EXCLUSIVE_ARCH="x86_64|aarch64"`, ""},
		"others":             {`BUILD_EXCLUSIVE_ARCH="^arm"`, "BUILD_EXCLUSIVE_ARCH="},
		"its configuration":  {`BUILD_EXCLUSIVE_CONFIG="CONFIG_USB !CONFIG_KASAN"`, ""},
		"lacks an option":    {`BUILD_EXCLUSIVE_CONFIG="CONFIG_USB CONFIG_KASAN"`, "BUILD_EXCLUSIVE_CONFIG="},
		"an option too many": {`BUILD_EXCLUSIVE_CONFIG="!CONFIG_PCI"`, "BUILD_EXCLUSIVE_CONFIG="},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newBuild(t, map[string]string{"dkms.conf": tt.conf + "\n"}).dkms(context.Background())
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("dkms() = %v; want %q", err, tt.want)
			}
		})
	}
}

func FuzzParseDKMS(f *testing.F) {
	f.Add("MAKE\x000\x00make\x00MAKE_MATCH\x001\x00^6\x00MAKE\x001\x00other\x00")
	f.Add("BUILT_MODULE_NAME\x0099999999999\x00a\x00X\x00-1\x00b\x00")
	f.Fuzz(func(t *testing.T, output string) {
		if d := parseDKMS(output, "6.12"); d.exclusive == nil {
			t.Error("parseDKMS() without a map")
		}
	})
}
