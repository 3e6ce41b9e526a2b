// SPDX-License-Identifier: GPL-2.0-only

package kernel

import (
	"os"
	"path/filepath"
	"testing"
)

func testKernel(t *testing.T, version string) *Kernel {
	t.Helper()
	dir := t.TempDir()
	files := map[string]string{
		"config":         "# CONFIG_KASAN is not set\nCONFIG_MODULES=y\nCONFIG_VIRTIO=m\nCONFIG_HZ=250\n",
		"Module.symvers": "0x12345678\ttask_work_add\tvmlinux\tEXPORT_SYMBOL_GPL\t\n0x00000000\tmei_x\tdrivers/misc/mei/mei\tEXPORT_SYMBOL_GPL\t\n",
	}
	if err := os.MkdirAll(filepath.Join(dir, "modules/kernel/net/wireless"), 0o755); err != nil {
		t.Fatal(err)
	}
	files["modules/kernel/net/wireless/cfg80211.ko.xz"] = "not opened"
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return &Kernel{Release: "test", Arch: "amd64", Version: version, Config: filepath.Join(dir, "config"), Headers: dir, Modules: filepath.Join(dir, "modules")}
}

func TestHas(t *testing.T) {
	for _, tt := range []struct {
		version, condition string
		want, fails        bool
	}{
		{"6.12.118-1", "kernel:>=6.1", true, false},
		{"6.12.118-1", "kernel:>=6.12", true, false},
		{"6.12.118-1", "kernel:==6.12", true, false},
		{"6.12.118-1", "kernel:<6.12", false, false},
		{"5.10.262-1", "kernel:>=5.10.223", true, false},
		{"5.10.218-1", "kernel:>=5.10.223", false, false},
		{"7.3~rc7-1~exp1", "kernel:>6.19", true, false},
		{"6.1.192-2", "kernel:<=6.1", true, false},
		{"6.1.192-2", "kernel:6.1", false, true},
		{"6.1.192-2", "kernel:>=six", false, true},
		{"6.1.192-2", "config:MODULES", true, false},
		{"6.1.192-2", "config:CONFIG_VIRTIO", true, false},
		{"6.1.192-2", "config:KASAN", false, false},
		{"6.1.192-2", "config:HZ", false, false},
		{"6.1.192-2", "export:task_work_add", true, false},
		{"6.1.192-2", "export:task_work_run", false, false},
		{"6.1.192-2", "module:cfg80211", true, false},
		{"6.1.192-2", "module:no_such", false, false},
		{"6.1.192-2", "!config:KASAN", true, false},
		{"6.1.192-2", "!config:MODULES", false, false},
		{"6.1.192-2", "!kernel:6.1", false, true},
		{"6.1.192-2", "arch:amd64", true, false},
		{"6.1.192-2", "arch:arm64", false, false},
		{"6.1.192-2", "flavour:rt", false, true},
		{"6.1.192-2", "kernel", false, true},
	} {
		t.Run(tt.version+"/"+tt.condition, func(t *testing.T) {
			c, err := NewConditions(testKernel(t, tt.version))
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Has(tt.condition)
			if got != tt.want || (err != nil) != tt.fails {
				t.Errorf("Has(%q) on %s = %v, %v; want %v, error %v", tt.condition, tt.version, got, err, tt.want, tt.fails)
			}
		})
	}
}

func TestExportsRejectsShortLines(t *testing.T) {
	k := testKernel(t, "6.1")
	if err := os.WriteFile(filepath.Join(k.Headers, "Module.symvers"), []byte("0x1\tonly\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := k.exports(); err == nil {
		t.Error("Exports() of a line with two fields = nil error; want one")
	}
}

func TestCompares(t *testing.T) {
	for _, tt := range []struct {
		version, expression string
		want, fails         bool
	}{
		{"6.12.118", ">=6.12", true, false},
		{"7.3~rc7", "<7.3", false, false},
		{"5.10.262-1", "<=5.10", true, false},
		{"6.1", "6.1", false, true},
		{"six", ">=6.1", false, true},
	} {
		if got, err := Compares(tt.version, tt.expression); got != tt.want || (err != nil) != tt.fails {
			t.Errorf("Compares(%q, %q) = %t, %v; want %t, error %t", tt.version, tt.expression, got, err, tt.want, tt.fails)
		}
	}
}
