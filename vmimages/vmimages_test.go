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
	for _, b := range c.Built {
		for _, series := range b.Series {
			image, _ := lock.Kernel(series, c.Flavours[0], b.Arch)
			pin, ok := lock.Kernel(series, b.Flavour, b.Arch)
			if !ok || pin.Version != image.Version || pin.Suite != image.Suite || !strings.HasSuffix(pin.Release, "-"+b.Flavour+"-"+b.Arch) || len(pin.Packages) != 1 {
				t.Errorf("%s %s is not pinned with the sources of %s: %+v; go tool mage kernels:update", series, b.Flavour, image.Version, pin)
			}
		}
		if _, err := configs.Open(b.Config); err != nil {
			t.Errorf("flavour %s: %v", b.Flavour, err)
		}
	}
	for _, tools := range c.Trees() {
		pin, ok := lock.Toolchain(tools.Name, c.Host)
		if !ok || pin.Suite != tools.Suite || len(pin.Packages) != len(tools.Packages) {
			t.Errorf("%s is not pinned as the catalogue has it: %+v; go tool mage kernels:update", tools.Name, pin)
		}
	}
	for _, e := range c.Emulators {
		pin, ok := lock.Emulator(e.Name, c.Host)
		if !ok || pin.Suite != e.Suite || len(pin.Packages) <= len(e.Packages) {
			t.Errorf("%s is not pinned as the catalogue has it: %+v; go tool mage kernels:update", e.Name, pin)
		}
	}
	for _, arch := range c.Arches() {
		if _, ok := c.Emulator(arch); !ok {
			t.Errorf("there are kernels of %s and no emulator", arch)
		}
	}
	text, err := lock.Encode()
	if d := cmp.Diff(string(lockText), string(text)); err != nil || d != "" {
		t.Errorf("%s written anew: %v (-old +new):\n%s", LockFile, err, d)
	}
}
