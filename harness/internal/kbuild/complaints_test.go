// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Complaints about the sources count, wherever make's tools ran; of the kernel's
// headers only errors do, for then the sources were not looked at.
func TestComplaints(t *testing.T) {
	stage := t.TempDir()
	for _, name := range []string{"a/a.c", "include/x.h"} {
		if err := os.MkdirAll(filepath.Join(stage, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(stage, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, tc := range []struct {
		name, output string
		want         []string
	}{
		{"nothing", "  CC [M]  a/a.o\n  CHECK   a/a.c\n  MODPOST Module.symvers\n", nil},
		{"a compiler in the headers' folder", "STAGE/a/a.c:3:7: warning: unused variable ‘x’ [-Wunused-variable]\n", []string{"a/a.c:3: warning: unused variable ‘x’ [-Wunused-variable]"}},
		{"a compiler beside the modules", "a/a.c:3:7: warning: unused\n", []string{"a/a.c:3: warning: unused"}},
		{"sparse, in a header that two sources have", "STAGE/include/x.h:1:2: warning: different address spaces\nSTAGE/a/../include/x.h:1:2: warning: different address spaces\n", []string{"include/x.h:1: warning: different address spaces"}},
		{"warnings about the kernel's headers", "./include/linux/fs.h:1:2: warning: odd\n/usr/src/h/include/linux/fs.h:1:2: warning: odd\n", nil},
		{"an error in the kernel's headers", "./include/linux/fs.h:1:2: error: typename in expression\n", []string{"include/linux/fs.h:1: error: typename in expression"}},
		{"modpost", "WARNING: modpost: missing MODULE_DESCRIPTION() in STAGE/a/a.o\n", []string{"WARNING: modpost: missing MODULE_DESCRIPTION() in a/a.o"}},
		{"a note is part of a warning", "STAGE/a/a.c:3:7: note: declared here\n", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if d := cmp.Diff(tc.want, complaints(strings.ReplaceAll(tc.output, "STAGE", stage), stage)); d != "" {
				t.Errorf("complaints (-want +got):\n%s", d)
			}
		})
	}
}
