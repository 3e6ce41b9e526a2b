// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"archive/tar"
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages/internal/catalogue"
)

func TestParseTargets(t *testing.T) {
	for name, tt := range map[string]struct {
		lines string
		want  mirrors
	}{
		"two sites":               {"http://m/debian lab\nhttp://s/debian-security lab-security\n", mirrors{"http://m/debian", "http://s/debian-security"}},
		"strangers first":         {"https://x/apt x-lab\ncdrom:[disc]/debian lab\nhttp://m/debian/ lab\n", mirrors{"http://m/debian/", "http://m/debian-security"}},
		"lists of mirrors":        {"mirror+file:/m/debian.list lab\nmirror+file:/m/debian-security.list lab-security\n", mirrors{"mirror+file:/m/debian.list", "mirror+file:/m/debian-security.list"}},
		"one list":                {"mirror+file:/m/debian.list lab\n", mirrors{"mirror+file:/m/debian.list", "mirror+file:/m/debian-security.list"}},
		"security below one site": {"http://s/x/debian lab-security\nhttp://m/debian lab\n", mirrors{"http://m/debian", "http://s/x/debian"}},
		"another distribution":    {"http://m/ubuntu noble\n", mirrors{}},
		"nothing":                 {"", mirrors{}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := parseTargets(tt.lines); got != tt.want {
				t.Errorf("parseTargets(%q) = %v; want %v", tt.lines, got, tt.want)
			}
		})
	}
}

func TestFindMirrorsOfTheEnvironment(t *testing.T) {
	t.Setenv(EnvMirror, " http://m/debian  http://s/sec ")
	m, err := findMirrors(t.Context())
	if err != nil || m.of("lab") != "http://m/debian" || m.of("lab-security") != "http://s/sec" {
		t.Errorf("findMirrors() = %v, %v; want the two of the environment", m, err)
	}
}

func TestWithoutApt(t *testing.T) {
	t.Setenv(EnvMirror, "")
	t.Setenv("PATH", t.TempDir())
	if m, err := findMirrors(t.Context()); fault.Of(err) != fault.Host {
		t.Errorf("findMirrors() = %v, %v; want a fault of the host", m, err)
	}
}

func TestAptConf(t *testing.T) {
	dump := "Acquire::http::Proxy \"http://p:1\";\nAcquire::Check-Valid-Until \"false\";\nAcquire::AllowInsecureRepositories \"true\";\n"
	conf := root{dir: "/c/apt/lab", arches: []string{"amd64"}}.aptConf(dump)
	for text, want := range map[string]bool{
		`Acquire::http::Proxy "http://p:1";`: true, `Dir "/c/apt/lab";`: true, "Check-Valid-Until": false, "Insecure": false,
	} {
		if strings.Contains(conf, text) != want {
			t.Errorf("aptConf() contains %q: %v; want %v\n%s", text, !want, want, conf)
		}
	}
}

func TestFollowProgress(t *testing.T) {
	var got []float64
	followProgress(strings.NewReader("dlstatus:1:20.5:Retrieving file 1 of 4: x\npmstatus:a:9:b\ndlstatus:1:nan%:\ndlstatus:1:250:\nnonsense\ndlstatus:4:100:done\n"),
		func(percent float64) { got = append(got, percent) })
	if d := cmp.Diff([]float64{20.5, 100}, got); d != "" {
		t.Errorf("progress (-want +got):\n%s", d)
	}
}

func TestKernelPlace(t *testing.T) {
	const old, split = "6.1.0-56-cloud-amd64", "7.3.4+deb13-cloud-amd64"
	for name, tt := range map[string]struct{ release, want string }{
		"boot/vmlinuz-" + old:                                     {old, "vmlinuz"},
		"boot/config-" + old:                                      {old, "config"},
		"boot/System.map-" + old:                                  {old, ""},
		"usr/lib/modules/" + old + "/kernel/net/x.ko":             {old, "modules/kernel/net/x.ko"},
		"usr/lib/modules/" + old + "/build":                       {old, ""},
		"usr/lib/modules/" + split + "/vmlinuz":                   {split, "vmlinuz"},
		"usr/lib/modules/" + split + "/config":                    {split, "config"},
		"usr/lib/modules/" + split + "/modules.order":             {split, "modules/modules.order"},
		"usr/src/linux-headers-6.1.0-56-common/arch/x86/Makefile": {old, "usr/src/linux-headers-6.1.0-56-common/arch/x86/Makefile"},
		"usr/src/linux-headers-6.1.0-56-common/arch/arm/Makefile": {old, ""},
		"usr/src/linux-headers-6.1.0-56-common/arch/Kconfig":      {old, "usr/src/linux-headers-6.1.0-56-common/arch/Kconfig"},
		"usr/lib/linux-kbuild-6.1/scripts/basic/fixdep":           {old, "usr/lib/linux-kbuild-6.1/scripts/basic/fixdep"},
		"usr/lib/linux-kbuild-6.1/scripts/sign-file":              {old, ""},
		"usr/lib/linux-kbuild-5.10/scripts/extract-cert":          {old, ""},
		"usr/lib/linux-kbuild-6.1/certs/extract-cert":             {old, ""},
		"usr/share/doc/linux-kbuild-6.1/copyright":                {old, ""},
	} {
		if got := kernelPlace(tt.release, "amd64")(name); got != tt.want {
			t.Errorf("kernelPlace(%s)(%s) = %q; want %q", tt.release, name, got, tt.want)
		}
	}
}

func TestRelocate(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "include/generated/utsrelease.h"), "#define UTS_RELEASE \"6.1.0-56-cloud-amd64\"\n", 0o644)
	write(t, filepath.Join(dir, "Makefile"), "KBUILD_OUTPUT=/usr/src/a\ninclude /usr/src/b\n", 0o644)
	if err := relocate(dir, "/final", "6.1.0-57-cloud-amd64"); err == nil {
		t.Error("relocate() of another release's headers = nil; want an error")
	}
	if err := relocate(dir, "/final", "6.1.0-56-cloud-amd64"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "Makefile"))
	if want := "KBUILD_OUTPUT=/final/usr/src/a\ninclude /final/usr/src/b\n"; err != nil || string(got) != want {
		t.Errorf("Makefile = %q, %v; want %q", got, err, want)
	}
}

func TestUntar(t *testing.T) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Name: "./lib/", Typeflag: tar.TypeDir, Mode: 0o700},
		{Name: "./lib/a", Typeflag: tar.TypeReg, Mode: 0o4755, Size: 1},
		{Name: "./usr/hard", Typeflag: tar.TypeLink, Linkname: "./lib/a"},
		{Name: "./usr/soft", Typeflag: tar.TypeSymlink, Linkname: "lib/a"},
		{Name: "./usr/secret", Typeflag: tar.TypeReg, Mode: 0o600, Size: 1},
		{Name: "./doc", Typeflag: tar.TypeReg, Mode: 0o644, Size: 1},
	} {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := untar(&b, dir, func(name string) string { return strings.TrimPrefix(name, "doc") }); err != nil {
		t.Fatal(err)
	}
	got := map[string]fs.FileMode{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			info, err := os.Stat(path) // through links
			if err != nil {
				return err
			}
			got[strings.TrimPrefix(path, dir+"/")] = info.Mode()
		}
		return err
	})
	want := map[string]fs.FileMode{"usr/lib/a": 0o755, "usr/hard": 0o755, "usr/soft": 0o755, "usr/secret": 0o644}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("untar(): %v, files (-want +got):\n%s", err, d)
	}
}

func TestUntarStaysInside(t *testing.T) {
	for name, headers := range map[string][]tar.Header{
		"through a link": {{Name: "out", Typeflag: tar.TypeSymlink, Linkname: ".."}, {Name: "out/file", Typeflag: tar.TypeReg}},
		"a device":       {{Name: "dev", Typeflag: tar.TypeChar}},
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			w := tar.NewWriter(&b)
			for _, h := range headers {
				if err := w.WriteHeader(&h); err != nil {
					t.Fatal(err)
				}
			}
			dir := filepath.Join(t.TempDir(), "in")
			if err := os.Mkdir(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := untar(&b, dir, func(name string) string { return name }); err == nil {
				t.Error("untar() = nil; want an error")
			}
			if _, err := os.Stat(filepath.Join(dir, "../file")); err == nil {
				t.Error("a file was written outside")
			}
		})
	}
}

func TestCompareLocks(t *testing.T) {
	pin := func(name, release, version string, hashes ...string) catalogue.Pin {
		p := catalogue.Pin{Name: name, Arch: "amd64", Release: release, Version: version}
		for _, h := range hashes {
			p.Packages = append(p.Packages, catalogue.Package{Name: h, SHA256: h})
		}
		return p
	}
	before := []catalogue.Pin{pin("6.1 cloud", "r1", "1", "a", "b"), pin("6.2 cloud", "r", "1", "c"), pin("gcc", "", "1", "d"), pin("same", "", "1", "e")}
	after := []catalogue.Pin{pin("6.1 cloud", "r2", "2", "x", "y"), pin("gcc", "", "1", "f"), pin("same", "", "1", "e"), pin("7.0 cloud", "r", "3", "g")}
	var got []string
	for _, c := range compareLocks(before, after) {
		got = append(got, c.String())
	}
	want := []string{"6.1 cloud: r1 (1) becomes r2 (2)", "gcc: gcc 1, 1 packages renewed", "7.0 cloud: new: r (3)", "6.2 cloud: no longer in the catalogue: r (1)"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("changes (-want +got):\n%s", d)
	}
}

func TestOptionsDecideOnVirtio(t *testing.T) {
	for name, tt := range map[string]struct {
		options kernel.Options
		bad     bool
	}{
		"built in":           {kernel.Options{"VIRTIO_PCI": "y", "VIRTIO_CONSOLE": "y"}, false},
		"module not there":   {kernel.Options{"VIRTIO_PCI": "m", "VIRTIO_CONSOLE": "y"}, true},
		"not configured":     {kernel.Options{"VIRTIO_PCI": "y"}, true},
		"nothing configured": {kernel.Options{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			names, err := extractVirtio(tt.options, filepath.Join(t.TempDir(), "modules"), t.TempDir())
			if (err != nil) != tt.bad || len(names) != 0 {
				t.Errorf("extractVirtio(%v) = %v, %v; want error: %v", tt.options, names, err, tt.bad)
			}
		})
	}
}
