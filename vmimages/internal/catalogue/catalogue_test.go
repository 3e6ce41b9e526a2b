// SPDX-License-Identifier: GPL-2.0-only

package catalogue

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

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

const builtHere = `kernel = ["flex"]
[[built]]
flavour = "debug"
arch = "amd64"
config = "debug.config"
series = ["6.1"]
`

func TestParse(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"good":                     {goodCatalogue, ""},
		"misspelt key":             {goodCatalogue + "flavor = 1\n", `unknown key "toolchain.flavor"`},
		"not TOML":                 {"host =", "catalogue:"},
		"empty":                    {"", "at least one series"},
		"suite of no toolchain":    {strings.Replace(goodCatalogue, `suites = ["lab"]`, `suites = ["lab", "attic"]`, 1), "no toolchain builds attic for amd64"},
		"arch of no toolchain":     {strings.Replace(goodCatalogue, `arches = ["amd64"]`, `arches = ["amd64", "arm64"]`, 1), "no toolchain builds lab for arm64"},
		"series twice":             {goodCatalogue + "[[series]]\nname = \"6.1\"\nsuites = [\"lab\"]\narches = [\"amd64\"]\n", "twice"},
		"series of no suite":       {goodCatalogue + "[[series]]\nname = \"6.2\"\narches = [\"amd64\"]\n", "needs name, suites and arches"},
		"built":                    {goodCatalogue + builtHere, ""},
		"built of nothing":         {goodCatalogue + strings.Replace(builtHere, "6.1", "6.2", 1), `built of series "6.2"`},
		"built with nothing":       {goodCatalogue + strings.Replace(builtHere, `kernel = ["flex"]`, "", 1), "no toolchain builds kernels of 6.1"},
		"built for another arch":   {goodCatalogue + strings.Replace(builtHere, "amd64", "arm64", 1), "no toolchain builds kernels of 6.1"},
		"built as the archive's":   {goodCatalogue + strings.Replace(builtHere, "debug", "rt", 1), `built as "rt"`},
		"built without a choice":   {goodCatalogue + strings.Replace(builtHere, `config = "debug.config"`, "", 1), `built as "debug"`},
		"toolchain of no compiler": {strings.Replace(goodCatalogue, `cc = "gcc-1"`, "", 1), "suite, cc and packages"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("Parse() = %v; want %q", err, tt.want)
			}
		})
	}
}

func TestLockRoundTrip(t *testing.T) {
	hash := strings.Repeat("0a", 32)
	want := &Lock{Kernels: []Pin{{Name: "6.1 rt", Arch: "amd64", Suite: "lab", Release: "6.1.0-1-rt-amd64", Version: "1:6.1~rc1+b2-1", Packages: []Package{
		{"linux-image", "amd64", "1:6.1~rc1+b2-1", 7, hash}, {"linux-headers-common", "all", "6.1-1", 9, hash}}, Modules: Package{"linux-modules", "amd64", "6.1-1", 11, hash}}}}
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
	if all := pin.All(); len(all) != 3 || all[2] != pin.Modules {
		t.Errorf("All() = %v; want the package of the modules last", all)
	}
	pin.Modules = Package{}
	if text, err := (&Lock{Kernels: []Pin{pin}}).Encode(); err != nil || strings.Contains(string(text), "modules\"") || len(pin.All()) != 2 {
		t.Errorf("a pin without a package of modules: %v, %v\n%s\nwant no word of one", pin.All(), err, text)
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
