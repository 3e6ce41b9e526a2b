// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/vmimages/internal/catalogue"
)

// readIndex parses a stored index: paragraphs of a suite cut down to what
// matters, as they were on a day when not every image had arrived.
func readIndex(t *testing.T, name string) []entry {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := parseIndex(f, isKernelPackage)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestChooseKernel(t *testing.T) {
	for name, tt := range map[string]struct {
		index, series, flavour string
		release                string   // of the choice, "" for none
		packages               []string // names
	}{
		"image with everything in it": {"bookworm-security", "6.1", "cloud", "6.1.0-56-cloud-amd64", []string{
			"linux-headers-6.1.0-56-cloud-amd64", "linux-headers-6.1.0-56-common", "linux-image-6.1.0-56-cloud-amd64", "linux-kbuild-6.1"}},
		"generic flavour has no name": {"bookworm-security", "6.1", "amd64", "6.1.0-56-amd64", []string{
			"linux-headers-6.1.0-56-amd64", "linux-headers-6.1.0-56-common", "linux-image-6.1.0-56-amd64", "linux-kbuild-6.1"}},
		"rt has common headers of its own": {"bookworm-security", "6.1", "rt", "6.1.0-56-rt-amd64", []string{
			"linux-headers-6.1.0-56-common-rt", "linux-headers-6.1.0-56-rt-amd64", "linux-image-6.1.0-56-rt-amd64", "linux-kbuild-6.1"}},
		"the newest headers have no image yet": {"trixie-security", "6.12", "amd64", "6.12.117+deb13-amd64", []string{
			"linux-headers-6.12.117+deb13-amd64", "linux-headers-6.12.117+deb13-common", "linux-image-6.12.117+deb13-amd64", "linux-kbuild-6.12.117+deb13"}},
		"of this flavour they have": {"trixie-security", "6.12", "cloud", "6.12.118+deb13-cloud-amd64", []string{
			"linux-headers-6.12.118+deb13-cloud-amd64", "linux-headers-6.12.118+deb13-common", "linux-image-6.12.118+deb13-cloud-amd64", "linux-kbuild-6.12.118+deb13"}},
		"image split up": {"trixie-backports", "7.3", "cloud", "7.3.4+deb13-cloud-amd64", []string{
			"linux-base-7.3.4+deb13-cloud-amd64", "linux-binary-7.3.4+deb13-cloud-amd64", "linux-headers-7.3.4+deb13-cloud-amd64", "linux-headers-7.3.4+deb13-common", "linux-kbuild-7.3.4+deb13"}},
		"numbers, not letters, decide":     {"trixie-backports", "7.2", "cloud", "7.2.12+deb13-cloud-amd64", nil},
		"images without headers":           {"trixie-backports", "7.1", "cloud", "", nil},
		"a series is not another's prefix": {"bookworm-security", "6.11", "cloud", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			pin, err := chooseKernel(readIndex(t, tt.index), catalogue.Choice{Series: tt.series, Flavour: tt.flavour, Arch: "amd64", Suite: tt.index}, "amd64")
			if (err != nil) != (tt.release == "") || pin.Release != tt.release {
				t.Fatalf("chooseKernel(%s, %s) = %q, %v; want %q", tt.series, tt.flavour, pin.Release, err, tt.release)
			}
			var names []string
			for _, p := range pin.Packages {
				names = append(names, p.Name)
				if p.Version != pin.Version {
					t.Errorf("%s is not of version %s", p, pin.Version)
				}
			}
			if d := cmp.Diff(tt.packages, names); tt.packages != nil && d != "" {
				t.Errorf("packages (-want +got):\n%s", d)
			}
			want := ""
			if strings.HasPrefix(tt.series, "7.") && pin.Release != "" {
				want = "linux-modules-" + pin.Release + ":amd64=" + pin.Version
			}
			if got := pin.Modules; want != "" && got.String() != want || want == "" && got != (catalogue.Package{}) {
				t.Errorf("its own modules are in %v; want them in %q", got, want)
			}
		})
	}
}

// TestChooseKernelOfOneVersion keeps headers and image of different builds
// apart: modules built with the one do not fit the other.
func TestChooseKernelOfOneVersion(t *testing.T) {
	at := func(name, version string, depends ...string) entry {
		return entry{Package: catalogue.Package{Name: name, Arch: "amd64", Version: version}, depends: depends}
	}
	generic := catalogue.Choice{Series: "6.1", Flavour: "amd64", Arch: "amd64", Suite: "lab"}
	all := []entry{
		at("linux-headers-6.1.0-2-amd64", "6.1.2-2", "linux-headers-6.1.0-2-common", "linux-kbuild-6.1"),
		at("linux-headers-6.1.0-2-common", "6.1.2-2"), at("linux-kbuild-6.1", "6.1.2-2"), at("linux-image-6.1.0-2-amd64", "6.1.2-1"),
	}
	if pin, err := chooseKernel(all, generic, "amd64"); err == nil {
		t.Errorf("chooseKernel() = %v; want an error, the image is of another version", pin)
	}
	all = append(all, at("linux-image-6.1.0-2-amd64", "6.1.2-2"))
	pin, err := chooseKernel(all, generic, "amd64")
	if err != nil || len(pin.Packages) != 4 || pin.Packages[2].Version != "6.1.2-2" {
		t.Errorf("chooseKernel() = %v, %v; want the image of version 6.1.2-2", pin, err)
	}
}

func TestChooseToolchain(t *testing.T) {
	at := func(name, version string) entry {
		return entry{Package: catalogue.Package{Name: name, Arch: "amd64", Version: version, Size: 1, SHA256: strings.Repeat("0", 64)}}
	}
	all := []entry{at("gcc-9", "9.9"), at("gcc-9", "9.10"), at("gcc-9", "9.10~rc1"), at("libc6", "2.36")}
	tc := catalogue.Toolchain{Name: "old", Suite: "lab", CC: "gcc-9", Packages: []string{"libc6", "gcc-9"}}
	pin, err := chooseToolchain(all, tc, "amd64")
	want := catalogue.Pin{Name: "old", Arch: "amd64", Suite: "lab", Version: "9.10", Packages: []catalogue.Package{all[1].Package, all[3].Package}}
	if d := cmp.Diff(want, pin); err != nil || d != "" {
		t.Errorf("chooseToolchain() = %v, (-want +got):\n%s", err, d)
	}
	tc.Packages = append(tc.Packages, "pahole")
	if _, err := chooseToolchain(all, tc, "amd64"); err == nil || !strings.Contains(err.Error(), "pahole") {
		t.Errorf("chooseToolchain() = %v; want an error that names pahole", err)
	}
}

func TestCompare(t *testing.T) {
	ordered := []string{"no version: at all", "6.1.9-1", "6.1.10-1~bpo12+1", "6.1.10-1", "6.1.192-2", "1:0.1"}
	for i, a := range ordered {
		for j, b := range ordered {
			want := 0
			if i < j {
				want = -1
			} else if i > j {
				want = 1
			}
			if got := compare(a, b); got < 0 && want != -1 || got > 0 && want != 1 || got == 0 && want != 0 {
				t.Errorf("compare(%q, %q) = %d; want %d", a, b, got, want)
			}
		}
	}
}

func TestParseIndex(t *testing.T) {
	hash := strings.Repeat("a", 64)
	good := fmt.Sprintf("Package: linux-image-1\nVersion: 1\nArchitecture: amd64\nDepends: a (>= 1) | b, c:any,\nDescription: x\n Size: 9\nSize: 7\nSHA256: %s\n", hash)
	want := []entry{{Package: catalogue.Package{Name: "linux-image-1", Version: "1", Arch: "amd64", Size: 7, SHA256: hash}, depends: []string{"a", "c"}}}
	for name, tt := range map[string]struct {
		text string
		want []entry
		bad  bool
	}{
		"one":                  {good, want, false},
		"among others":         {"Package: x\nSize: no\n\n\n" + good + "\nPackage: y\n", want, false},
		"not wanted":           {"Package: x\nSize: 1\n\n", nil, false},
		"nothing":              {"", nil, false},
		"size is no number":    {strings.Replace(good, "Size: 7", "Size: 7k", 1), nil, true},
		"hash is too short":    {strings.Replace(good, "aaaa", "", 1), nil, true},
		"version has a space":  {strings.Replace(good, "Version: 1", "Version: 1 2", 1), nil, true},
		"no version":           {strings.Replace(good, "Version: 1\n", "", 1), nil, true},
		"a line without colon": {good + "nonsense\n", want, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := parseIndex(strings.NewReader(tt.text), isKernelPackage)
			if d := cmp.Diff(tt.want, got, cmp.AllowUnexported(entry{})); d != "" || (err != nil) != tt.bad {
				t.Errorf("parseIndex() = %v, (-want +got):\n%s", err, d)
			}
		})
	}
}

func FuzzParseIndex(f *testing.F) {
	f.Add("Package: linux-image-1\nVersion: 1\nArchitecture: all\nSize: 7\nSHA256: " + strings.Repeat("a", 64) + "\n")
	f.Add("Package:\n\nSize: 1\n :\n")
	f.Fuzz(func(t *testing.T, text string) {
		all, err := parseIndex(strings.NewReader(text), func(string) bool { return true })
		if err != nil {
			return
		}
		for _, e := range all { // whatever is accepted fits into the lock
			line, err := e.MarshalText()
			var back catalogue.Package
			if err == nil {
				err = back.UnmarshalText(line)
			}
			if err != nil || back != e.Package {
				t.Errorf("%q comes back from the lock as %q, %v", e.Package, back, err)
			}
		}
	})
}
