// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"debug/elf"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/vmimages/internal/image/imagetest"
)

func TestUnpackImage(t *testing.T) {
	pvh := imagetest.PVH(t, "6.12.1")
	for name, tt := range map[string]struct {
		arch  string
		image []byte
		want  string // part of the error; "" for none
	}{
		"with a PVH note":    {"amd64", imagetest.BzImage(t, pvh), ""},
		"without a PVH note": {"amd64", imagetest.BzImage(t, imagetest.ELF(t, elf.EM_X86_64, "")), "no PVH entry note"},
		"not a bzImage":      {"amd64", bytes.Repeat([]byte("x"), 4096), "not a bzImage"},
		"cut off":            {"amd64", imagetest.BzImage(t, pvh)[:1000], "unpack"},
		"of another machine": {"arm64", imagetest.BzImage(t, pvh), "no arm64 Image"},
	} {
		t.Run(name, func(t *testing.T) {
			in, out := filepath.Join(t.TempDir(), "vmlinuz"), filepath.Join(t.TempDir(), "vmlinux")
			write(t, in, string(tt.image), 0o644)
			err := unpackImage(tt.arch, in, out)
			if tt.want != "" {
				if err == nil || !strings.Contains(err.Error(), tt.want) {
					t.Errorf("unpackImage() = %v; want an error with %q", err, tt.want)
				}
				return
			}
			if err != nil {
				t.Fatalf("unpackImage() = %v; want nil", err)
			}
			if got, err := os.ReadFile(out); err != nil || !bytes.Equal(got, pvh) {
				t.Errorf("image = %d bytes, %v; want the %d bytes of the payload", len(got), err, len(pvh))
			}
		})
	}
}
