// SPDX-License-Identifier: GPL-2.0-only

package vmimages

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCompiledInData checks the catalogue and the lock of this repository.
func TestCompiledInData(t *testing.T) {
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	lock, err := LoadLock()
	if err != nil {
		t.Fatal(err)
	}
	var set []string
	for _, s := range c.Default() {
		set = append(set, s.Name)
	}
	if d := cmp.Diff([]string{"5.10", "6.1", "6.12", "7.3"}, set); d != "" {
		t.Errorf("default test set (-want +got):\n%s", d)
	}
	choices, err := c.Select("all", "all", "all")
	if err != nil {
		t.Fatal(err)
	}
	for _, ch := range choices {
		pin, ok := lock.Kernel(ch.Series, ch.Flavour, ch.Arch)
		if !ok || pin.Suite != ch.Suite || !strings.HasPrefix(pin.Release, strings.TrimSuffix(ch.Series, "-rc")) || len(pin.Packages) < 4 {
			t.Errorf("%s is not pinned as the catalogue has it: %+v; go tool mage kernels:update", c.Name(ch), pin)
		}
	}
	for _, tools := range c.Trees() {
		pin, ok := lock.Toolchain(tools.Name, c.Host)
		if !ok || pin.Suite != tools.Suite || len(pin.Packages) != len(tools.Packages) {
			t.Errorf("%s is not pinned as the catalogue has it: %+v; go tool mage kernels:update", tools.Name, pin)
		}
	}
	text, err := lock.Encode()
	if d := cmp.Diff(string(lockText), string(text)); err != nil || d != "" {
		t.Errorf("%s written anew: %v (-old +new):\n%s", LockFile, err, d)
	}
}

const goodCatalogue = `
host = "amd64"
flavours = ["cloud", "rt"]
[[series]]
name = "6.1"
suites = ["lab"]
arches = ["amd64"]
[[toolchain]]
name = "gcc"
arch = "amd64"
builds = ["lab"]
suite = "lab"
cc = "gcc-1"
packages = ["gcc-1"]
`

func TestParseCatalogue(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"good":                     {goodCatalogue, ""},
		"misspelt key":             {goodCatalogue + "flavor = 1\n", `unknown key "toolchain.flavor"`},
		"not TOML":                 {"host =", "catalogue:"},
		"empty":                    {"", "at least one series"},
		"suite of no toolchain":    {strings.Replace(goodCatalogue, `suites = ["lab"]`, `suites = ["lab", "attic"]`, 1), "no toolchain builds attic for amd64"},
		"arch of no toolchain":     {strings.Replace(goodCatalogue, `arches = ["amd64"]`, `arches = ["amd64", "arm64"]`, 1), "no toolchain builds lab for arm64"},
		"series twice":             {goodCatalogue + "[[series]]\nname = \"6.1\"\nsuites = [\"lab\"]\narches = [\"amd64\"]\n", "twice"},
		"series of no suite":       {goodCatalogue + "[[series]]\nname = \"6.2\"\narches = [\"amd64\"]\n", "needs name, suites and arches"},
		"toolchain of no compiler": {strings.Replace(goodCatalogue, `cc = "gcc-1"`, "", 1), "suite, cc and packages"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseCatalogue([]byte(tt.text))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("ParseCatalogue() = %v; want %q", err, tt.want)
			}
		})
	}
}

func TestLockRoundTrip(t *testing.T) {
	hash := strings.Repeat("0a", 32)
	want := &Lock{Kernels: []Pin{{Name: "6.1 rt", Arch: "amd64", Suite: "lab", Release: "6.1.0-1-rt-amd64", Version: "1:6.1~rc1+b2-1", Packages: []Package{
		{"linux-image", "amd64", "1:6.1~rc1+b2-1", 7, hash}, {"linux-headers-common", "all", "6.1-1", 9, hash}}}}}
	text, err := want.Encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseLock(text)
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("ParseLock(Encode()) = %v, (-want +got):\n%s", err, d)
	}
	pin, ok := got.Kernel("6.1", "rt", "amd64")
	if !ok || pin.Size() != 16 || pin.Packages[0].String() != "linux-image:amd64=1:6.1~rc1+b2-1" || pin.Packages[1].String() != "linux-headers-common=6.1-1" {
		t.Errorf("Kernel(6.1, rt) = %v, %v; want the pin", pin, ok)
	}
	if _, ok := got.Kernel("6.1", "rt", "arm64"); ok {
		t.Error("there is a kernel for arm64; want none")
	}
}

func TestParseLockRejects(t *testing.T) {
	hash := strings.Repeat("0a", 32)
	for name, text := range map[string]string{
		"unknown key":     `{"kernel": []}`,
		"not JSON":        `{`,
		"four words":      `{"kernels": [{"packages": ["a amd64 1 7"]}]}`,
		"two spaces":      `{"kernels": [{"packages": ["a amd64  1 7 ` + hash + `"]}]}`,
		"no size":         `{"kernels": [{"packages": ["a amd64 1 0 ` + hash + `"]}]}`,
		"hash of 31":      `{"kernels": [{"packages": ["a amd64 1 7 ` + hash[2:] + `"]}]}`,
		"hash of letters": `{"kernels": [{"packages": ["a amd64 1 7 ` + hash[1:] + `z"]}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			if l, err := ParseLock([]byte(text)); err == nil {
				t.Errorf("ParseLock(%s) = %v; want an error", text, l)
			}
		})
	}
}

func FuzzPackage(f *testing.F) {
	f.Add("a amd64 1 7 " + strings.Repeat("0a", 32))
	f.Fuzz(func(t *testing.T, line string) {
		var p, again Package
		if p.UnmarshalText([]byte(line)) != nil {
			return
		}
		text, err := p.MarshalText()
		if err == nil {
			err = again.UnmarshalText(text)
		}
		if err != nil || p != again {
			t.Errorf("%q is written as %q and read as %q, %v", p, text, again, err)
		}
	})
}
