// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/cache"
	"kmodlab/vmimages/vmimagestest"
)

// TestFolders builds folders for kernels that are in the cache: what real make,
// compiler and modpost say is what has to be understood.
func TestFolders(t *testing.T) {
	vmimagestest.Long(t)
	for _, tt := range []struct {
		folder  string
		kernels []string
		want    []string          // modules
		broken  map[string]string // modules that are left out, and why
		err     []string          // parts of the error, when there is no module
		output  []string          // parts of what is kept of its output
	}{
		// Kbuild alone lacks the header, which the Makefile makes.
		{folder: "generated", kernels: []string{"6.12"}, want: []string{"made", "plain"}},
		// One is broken itself, one in one of its sources.
		{folder: "half", kernels: []string{"5.10", "6.12"}, want: []string{"right"},
			broken: map[string]string{"wrong": "half/wrong.c:6: error: 'no_such_variable' undeclared", "whole": "half/part.c:4: error: 'no_such_variable' undeclared"}},
		// 5.10 only warns of it.
		{folder: "license", kernels: []string{"6.1", "6.12", "7.3"}, want: []string{"fine"},
			broken: map[string]string{"free": "license/free.c: missing MODULE_LICENSE()"}},
		{folder: "masked", kernels: []string{"6.12"},
			err:    []string{"testdata/folders/masked/wrong.c:6: error: 'no_such_variable' undeclared", "dkms.conf: MAKE ends with another command than make, so its exit status is 0"},
			output: []string{"$ dkms.conf: make KERNELRELEASE="}},
		{folder: "oldflags", kernels: []string{"6.12"}, want: []string{"flagged"}},
		{folder: "oldflags", kernels: []string{"7.3"},
			err:    []string{"flagged.c:3: fatal error: config.h: No such file or directory", "Makefile: EXTRA_CFLAGS is ignored since 6.15", "use ccflags-y", "tried: make KDIR="},
			output: []string{"$ make -C HEADERS", "$ make KDIR="}},
	} {
		for _, name := range tt.kernels {
			t.Run(tt.folder+" "+name, func(t *testing.T) {
				_, source := vmimagestest.Kernel(t, name)
				k, err := source.Get(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				c, err := cache.At(t.TempDir())
				if err != nil {
					t.Fatal(err)
				}
				f, err := Read(filepath.Join("testdata/folders", tt.folder), "")
				if err != nil {
					t.Fatal(err)
				}
				m, err := f.Build(t.Context(), c, k)
				if len(tt.err) > 0 {
					e, ok := errors.AsType[*kbuild.Error](err)
					if !ok {
						t.Fatalf("Build() = %v, %v; want an error of the build", m, err)
					}
					wantAll(t, e.Error(), tt.err)
					wantAll(t, e.Output, tt.output)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(tt.want, slices.Sorted(maps.Keys(m.Files))); d != "" {
					t.Errorf("modules (-want +got):\n%s", d)
				}
				if len(m.Broken) != len(tt.broken) {
					t.Errorf("broken are %v; want %v", m.Broken, tt.broken)
				}
				for module, why := range tt.broken {
					wantAll(t, m.Broken[module].Error(), []string{why})
				}
			})
		}
	}
}

// wantAll makes sure that text has all of parts.
func wantAll(t *testing.T, text string, parts []string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("there is no %q in:\n%s", part, text)
		}
	}
}
