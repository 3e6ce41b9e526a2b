// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
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
	f, err := Read(newFolder(t, files), "")
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

func TestDKMSCommand(t *testing.T) {
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
		"DOS's line ends":    {"MAKE=\"make\"\r\nBUILT_MODULE_NAME[0]=a\r\n", "make KERNELRELEASE=6.12.1-test", []string{"a"}},
		"not the first":      {"MAKE=one\nMAKE_MATCH='^5'\n", "", nil},
		"by an if":           {"if [[ $kernelver =~ ^6 && -f VERSION ]]; then MAKE=new; else MAKE=old; fi\n", "new", nil},
		"by a case":          {"case ${kernelver%%.*} in 5) MAKE=old;; *) MAKE=new;; esac\n", "new", nil},
		"by a function":      {"f() { MAKE=\"x $1\"; }\nf ${kernelver/-*/}\n", "x 6.12.1", nil},
		"the headers":        {"[ -f $kernel_source_dir/.config ] && [ -f /lib/modules/$kernelver/build/.config ] && MAKE=x\n", "x", nil},
		"in a loop":          {"i=0\nfor m in a b; do BUILT_MODULE_NAME[$i]=$m; DEST_MODULE_LOCATION[i]=/extra; i=$((i+1)); done\n", "", []string{"a", "b"}},
		"with another file":  {". ./more\nMAKE=$from_more\n", "x", nil},
		"not this machine":   {"MAKE=x\n[ -e /etc/passwd ] && MAKE=y\nread line < /etc/passwd && MAKE=$line\n[ -z \"$HOME\" ] || MAKE=$HOME\n", "x", nil},
		"programs":           {"MAKE=x\ntouch /tmp/no && MAKE=y\nMAKE=\"$MAKE $(id -u) $(nproc)\"\n", "x  1", nil},
		"talks much":         {"echo MAKE; echo x >&2; read y\nMAKE=b\n", "b", nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBuild(t, map[string]string{"dkms.conf": tt.conf, "VERSION": "1.0\n", "more": "from_more=x\n"})
			got, err := b.dkms(context.Background())
			got = strings.NewReplacer(b.work, "WORK", b.kernel.Headers, "HEADERS").Replace(got)
			if err != nil || got != tt.want {
				t.Errorf("dkms() = %q, %v; want %q", got, err, tt.want)
			}
			var promised []string
			for _, p := range b.promised() {
				promised = append(promised, p.name)
			}
			if d := cmp.Diff(tt.promised, promised); d != "" {
				t.Errorf("promised modules (-want +got):\n%s", d)
			}
		})
	}
}

func TestDKMSExcludes(t *testing.T) {
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

// A dkms.conf that cannot be read says where, and one that never ends is not
// waited for.
func TestDKMSRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ conf, want string }{
		"no shell":          {"MAKE=a\nMAKE=\"b\n", "dkms.conf:2:6"},
		"a loop":            {"MAKE=a\nwhile :; do :; done\n", "line 2: a loop"},
		"another":           {"for ((;;)); do :; done\n", "line 1: a loop"},
		"a function":        {"f() { f; f; }\nf\n", "more than 2000 commands"},
		"a sequence":        {"x=({1..1000000000})\n", "a sequence"},
		"a process":         {"sleep 9 &\n", "a process beside it"},
		"a pipe of a shell": {"cat <(echo x)\n", "a process beside it"},
		"itself":            {". ./dkms.conf\n", "more than 2000 commands"},
		"greed":             {"a=xxxxxxxx\n" + strings.Repeat("a=$a$a\n", 50), "too much memory"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newBuild(t, map[string]string{"dkms.conf": tt.conf}).dkms(t.Context())
			if fault.Of(err) != fault.Build || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("dkms() = %v; want a fault of the build with %q", err, tt.want)
			}
		})
	}
}

func TestNewDKMS(t *testing.T) {
	got := newDKMS(map[string][]string{
		"PACKAGE_NAME": {"p"}, "PACKAGE_VERSION": {"1"}, "PRE_BUILD": {"pre.sh x"}, "POST_BUILD": {"post.sh"},
		"PATCH": {"all.patch", "old.patch", "new.patch", ""}, "PATCH_MATCH": {"", "^5", "^6"},
		"BUILT_MODULE_NAME": {"a", "", "c"}, "BUILT_MODULE_LOCATION": {"src/", "", "x"}, "DEST_MODULE_NAME": {"", "", "other"}, "DEST_MODULE_LOCATION": {"/extra", "/extra", "/extra"},
	}, "6.12.1")
	want := &dkms{name: "p", version: "1", before: "pre.sh x", after: "post.sh", patches: []string{"all.patch", "new.patch"},
		modules: []promise{{"a", "src/"}, {"c", "x"}}, exclusive: map[string]string{}}
	if d := cmp.Diff(want, got, cmp.AllowUnexported(dkms{}, promise{})); d != "" {
		t.Errorf("newDKMS() (-want +got):\n%s", d)
	}
}

func FuzzConf(f *testing.F) {
	f.Add("MAKE[1]=\"make -C ${kernel_source_dir}\"\nMAKE_MATCH[1]='^6'\n")
	f.Add("if [ \"$arch\" = x86_64 ]; then BUILT_MODULE_NAME=(a b); fi\n")
	f.Add("f() { local x=$1; PATCH[$x]=y; }; f 0; f $((1 + 1))\n")
	headers, dir := f.TempDir(), f.TempDir()
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(filepath.Join(dir, dkmsFile), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		b := &build{folder: &Folder{Dir: dir}, kernel: &kernel.Kernel{Release: "6.12", Arch: "amd64", Headers: headers}, work: dir, stage: dir}
		vars, _, err := b.readConf(t.Context())
		if err != nil && fault.Of(err) != fault.Build {
			t.Errorf("readConf(%q) = %v; want a fault of the build", text, err)
		}
		newDKMS(vars, "6.12")
	})
}
