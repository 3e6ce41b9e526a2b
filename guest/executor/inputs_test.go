// SPDX-License-Identifier: GPL-2.0-only

package executor

import (
	"testing"
	"testing/fstest"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
	"kmodlab/internal/kernel"
)

type made struct {
	sources fstest.MapFS
	kernel  *kernel.Kernel
}

func TestInputs(t *testing.T) {
	type changes = map[string]func(*testing.T, *made)
	edit := func(name, text string) func(*testing.T, *made) {
		return func(_ *testing.T, m *made) { m.sources[name] = &fstest.MapFile{Data: []byte(text)} }
	}
	cachetest.Table[*made]{Kind: "executor",
		New: func(*testing.T) *made {
			return &made{fstest.MapFS{"src/executor.c": {Data: []byte("int main;")}, "src/wire.h": {}}, &kernel.Kernel{Arch: "amd64", Release: "6.12",
				Toolchain: kernel.Toolchain{ID: "gcc-14 1", CC: "gcc-14", Bin: "/a/bin", Env: []string{"A=1"}}}}
		},
		Inputs: func(t *testing.T, m *made) *cache.Inputs {
			in, err := inputs(m.sources, m.kernel)
			if err != nil {
				t.Fatal(err)
			}
			return in
		},
		Other: changes{
			"a source":         edit("src/executor.c", "int x;"),
			"a header":         edit("src/wire.h", "x"),
			"a new source":     edit("src/new.h", ""),
			"no source":        func(_ *testing.T, m *made) { delete(m.sources, "src/wire.h") },
			"architecture":     func(_ *testing.T, m *made) { m.kernel.Arch = "arm64" },
			"toolchain":        func(_ *testing.T, m *made) { m.kernel.Toolchain.ID = "gcc-14 2" },
			"compiler":         func(_ *testing.T, m *made) { m.kernel.Toolchain.CC = "gcc-12" },
			"the usual one":    func(_ *testing.T, m *made) { m.kernel.Toolchain.CC = "" },
			"its variables":    func(_ *testing.T, m *made) { m.kernel.Toolchain.Env = []string{"A=2"} },
			"a flag":           func(t *testing.T, _ *made) { swap(t, &flags, append([]string{"-g"}, flags...)) },
			"order of flags":   func(t *testing.T, _ *made) { swap(t, &flags, append(append([]string{}, flags[1:]...), flags[0])) },
			"a flag more, cut": func(t *testing.T, _ *made) { swap(t, &flags, append(flags[:len(flags):len(flags)], "")) },
		},
		Same: changes{
			"release":                of(func(m *made) { m.kernel.Release = "6.1" }),
			"place of the toolchain": of(func(m *made) { m.kernel.Toolchain.Bin = "/b/bin" }),
			"headers":                of(func(m *made) { m.kernel.Headers, m.kernel.HeadersKey = "/x", "y" }),
			"HOME and the folder":    func(t *testing.T, _ *made) { t.Setenv("HOME", t.TempDir()); t.Chdir(t.TempDir()) },
		},
	}.Run(t)
}

func of(change func(*made)) func(*testing.T, *made) { return func(_ *testing.T, m *made) { change(m) } }

// swap gives a variable another value until the test ends.
func swap[T any](t *testing.T, v *T, to T) {
	was := *v
	*v = to
	t.Cleanup(func() { *v = was })
}
