// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"debug/elf"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/internal/kernel"
)

// TestKeep checks which sections of a module get into a VM.
func TestKeep(t *testing.T) {
	for _, tool := range []string{"gcc", "objcopy"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("there is no %s on this machine", tool)
		}
	}
	for _, tt := range []struct {
		name     string
		sections []string
		want     []string // of them, in the VM
	}{
		{"plain", []string{".modinfo", ".debug_info"}, []string{".modinfo"}},
		{"types", []string{".modinfo", ".debug_info", ".BTF", ".BTF.base"}, []string{".modinfo"}},
		{"kfuncs", []string{".modinfo", ".debug_info", ".BTF", ".BTF.base", ".BTF_ids"}, []string{".modinfo", ".BTF", ".BTF.base", ".BTF_ids"}},
	} {
		dir := t.TempDir()
		ko := filepath.Join(dir, tt.name+".ko")
		var source strings.Builder
		for _, section := range tt.sections {
			flags := `"a"`
			if section == ".debug_info" {
				flags = `""`
			}
			source.WriteString(".section " + section + "," + flags + "\n.byte 1\n")
		}
		cc := exec.Command("gcc", "-c", "-x", "assembler", "-o", ko, "-")
		cc.Stdin = strings.NewReader(source.String())
		if out, err := cc.CombinedOutput(); err != nil {
			t.Fatalf("gcc: %v\n%s", err, out)
		}
		if err := Keep(t.Context(), &kernel.Kernel{}, []string{ko}, dir+"/out"); err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string][]string{"debug/": tt.sections, "": tt.want} {
			f, err := elf.Open(filepath.Join(dir, "out", path+tt.name+".ko"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, section := range tt.sections {
				if f.Section(section) != nil {
					got = append(got, section)
				}
			}
			f.Close()
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s%s has %q; want %q", path, tt.name, got, want)
			}
		}
	}
}
