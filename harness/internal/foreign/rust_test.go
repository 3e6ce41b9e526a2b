// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/cache"
	"kmodlab/vmimages/vmimagestest"
)

func TestWithoutRust(t *testing.T) {
	const none, old, yes = "# CONFIG_RUST is not set\n", "CONFIG_RUSTC_VERSION=0\nCONFIG_HAVE_RUST=y\n", "CONFIG_RUSTC_VERSION=108501\nCONFIG_RUST=y\n"
	rusty := map[string]string{"Makefile": "obj-m := a.o\n", "a.rs": "module! {}\n"}
	for name, tt := range map[string]struct {
		files  map[string]string
		config string
		crates bool
		want   string
	}{
		"no Rust":            {files: rusty, config: none, want: "a.rs needs Rust: this kernel's CONFIG_RUST is not set, its CONFIG_RUSTC_VERSION is not there"},
		"no compiler":        {files: rusty, config: old, want: "CONFIG_RUSTC_VERSION is 0"},
		"no crates":          {files: rusty, config: yes, want: "rust/libkernel.rmeta"},
		"all that it needs":  {files: rusty, config: yes, crates: true},
		"of several sources": {files: map[string]string{"Kbuild": "obj-m := b.o\nb-y := src/x.o\n", "src/x.rs": ""}, config: none, want: "src/x.rs needs Rust"},
		"in C":               {files: map[string]string{"Makefile": "obj-m := a.o\n", "a.c": "", "tool.rs": ""}, config: none},
		"one of them in C":   {files: map[string]string{"Makefile": "obj-m := a.o b.o\n", "a.rs": "", "b.c": ""}, config: none},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBuild(t, tt.files)
			if err := os.WriteFile(b.kernel.Config, []byte(tt.config), 0o644); err != nil {
				t.Fatal(err)
			}
			if tt.crates {
				crate := filepath.Join(b.kernel.Headers, "rust/libkernel.rmeta")
				if err := errors.Join(os.Mkdir(filepath.Dir(crate), 0o755), os.WriteFile(crate, nil, 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			got, err := b.folder.withoutRust(b.kernel)
			if err != nil || (tt.want == "") != (got == "") || !strings.Contains(got, tt.want) {
				t.Errorf("withoutRust() = %q, %v; want %q", got, err, tt.want)
			}
		})
	}
}

// Debian's kernels cannot have it: that is no fault of the folder.
func TestRustIsUnsupported(t *testing.T) {
	for name, want := range map[string]string{"6.1": "CONFIG_RUST is not set", "6.12": "CONFIG_RUSTC_VERSION is 0", "7.3": "its headers come without the crates"} {
		t.Run(name, func(t *testing.T) {
			_, source := vmimagestest.Kernel(t, name)
			k, err := source.Get(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c, err := cache.At(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			f, err := Read(newFolder(t, map[string]string{"Kbuild": "obj-m := a.o\n", "a.rs": "use kernel::prelude::*;\n"}), "")
			if err != nil {
				t.Fatal(err)
			}
			_, err = f.Build(t.Context(), c, k)
			if u, ok := errors.AsType[*kbuild.Unsupported](err); !ok || !strings.Contains(u.Reason, want) {
				t.Errorf("Build() = %v; want unsupported: %s", err, want)
			}
		})
	}
}
