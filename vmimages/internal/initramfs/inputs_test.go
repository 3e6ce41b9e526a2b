// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
	"kmodlab/internal/kernel"
)

// project is what an image is made from.
type project struct {
	root   string
	kernel *kernel.Kernel
}

const gomod = "module kmodlab\n\ngo 1.26.8\n\nrequire (\n\texample.org/a v1.0.0\n\texample.org/b v1.0.0 // indirect\n)\n\ntool example.org/a/cmd\n"

// newProject writes a project that readInputs can read.
func newProject(t *testing.T) *project {
	t.Helper()
	p := &project{root: t.TempDir()}
	p.kernel = &kernel.Kernel{Arch: "amd64", Virtio: []string{filepath.Join(p.root, "virtio.ko"), filepath.Join(p.root, "virtio_pci.ko")},
		Toolchain: kernel.Toolchain{ID: "gcc-14 1", CC: "gcc-14"}}
	for name, text := range map[string]string{
		"go.mod": gomod, "go.sum": "example.org/a v1.0.0 h1:x=\nexample.org/b v1.0.0 h1:y=\n", "README.md": "words\n",
		"guest/agent/main.go": "package main\n", "guest/agent/main_test.go": "package main\n", "internal/wire/wire.go": "package wire\n",
		"virtio.ko": "ELF 1", "virtio_pci.ko": "ELF 2",
	} {
		p.write(t, name, text)
	}
	return p
}

func (p *project) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(p.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (p *project) read(t *testing.T) *inputs {
	t.Helper()
	in, err := readInputs(p.root, p.kernel)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

type changes = map[string]func(*testing.T, *project)

func edit(name, text string) func(*testing.T, *project) {
	return func(t *testing.T, p *project) { p.write(t, name, text) }
}

// mod edits go.mod.
func mod(old, new string) func(*testing.T, *project) {
	return func(t *testing.T, p *project) {
		if !strings.Contains(gomod, old) {
			t.Fatalf("go.mod has no %q", old)
		}
		p.write(t, "go.mod", strings.Replace(gomod, old, new, 1))
	}
}

func setting(name, value string) func(*testing.T, *project) {
	return func(t *testing.T, _ *project) { t.Setenv(name, value) }
}

// userlandChanges make another userland, and with it another image.
func userlandChanges() changes {
	return changes{
		"architecture":         func(_ *testing.T, p *project) { p.kernel.Arch = "arm64" },
		"a requirement":        mod("example.org/a v1.0.0", "example.org/a v1.0.1"),
		"an indirect one":      mod("example.org/b v1.0.0 // indirect", "example.org/b v1.1.0 // indirect"),
		"one less":             mod("\texample.org/b v1.0.0 // indirect\n", ""),
		"Go's version":         mod("go 1.26.8", "go 1.26.9"),
		"toolchain":            mod("go 1.26.8", "go 1.26.8\n\ntoolchain go1.26.9"),
		"a setting of GODEBUG": mod("go 1.26.8", "go 1.26.8\n\ngodebug asyncpreemptoff=1"),
		"exclude":              mod("tool ", "exclude example.org/a v1.0.1\n\ntool "),
		"replace":              mod("tool ", "replace example.org/a => example.org/c v1.0.0\n\ntool "),
		"replace by a folder": func(t *testing.T, p *project) {
			p.write(t, "a/a.go", "package a\n")
			mod("tool ", "replace example.org/a => ./a\n\ntool ")(t, p)
		},
		"a sum": edit("go.sum", "example.org/a v1.0.0 h1:z=\nexample.org/b v1.0.0 h1:y=\n"),
	}
}

// same are changes that make the same.
func same() changes {
	return changes{
		"README":                edit("README.md", "other words\n"),
		"a comment in go.mod":   mod("v1.0.0 // indirect", "v1.0.0 // indirect, by a"),
		"order in go.mod":       mod("\texample.org/a v1.0.0\n\texample.org/b v1.0.0 // indirect\n", "\texample.org/b v1.0.0 // indirect\n\texample.org/a v1.0.0\n"),
		"another tool":          mod("example.org/a/cmd", "example.org/a/other"),
		"a test":                edit("guest/agent/main_test.go", "package main // changed\n"),
		"the order of the sums": edit("go.sum", "example.org/b v1.0.0 h1:y=\nexample.org/a v1.0.0 h1:x=\n"),
		"HOME and the folder":   func(t *testing.T, _ *project) { t.Setenv("HOME", t.TempDir()); t.Chdir(t.TempDir()) },
		"GOPROXY":               setting("GOPROXY", "off"),
		"the build cache":       setting("GOCACHE", "/elsewhere"),
		"the cache":             setting(cache.Env, "/elsewhere"),
		"place of the project": func(t *testing.T, p *project) {
			to := filepath.Join(t.TempDir(), "moved")
			if err := os.Rename(p.root, to); err != nil {
				t.Fatal(err)
			}
			for i, path := range p.kernel.Virtio {
				p.kernel.Virtio[i] = strings.Replace(path, p.root, to, 1)
			}
			p.root = to
		},
	}
}

// imageChanges make another image of the same userland.
func imageChanges() changes {
	return changes{
		"the agent":           edit("guest/agent/main.go", "package main // changed\n"),
		"a file of the agent": edit("guest/agent/more.go", "package main\n"),
		"what it imports":     edit("internal/wire/wire.go", "package wire // changed\n"),
		"a file elsewhere": func(t *testing.T, p *project) {
			os.Remove(filepath.Join(p.root, "internal/wire/wire.go"))
			p.write(t, "guest/agent/wire.go", "package wire\n")
		},
		"a virtio module":                edit("virtio.ko", "ELF changed"),
		"order of the modules":           func(_ *testing.T, p *project) { slices.Reverse(p.kernel.Virtio) },
		"one module less":                func(_ *testing.T, p *project) { p.kernel.Virtio = p.kernel.Virtio[:1] },
		"the compiler, for the executor": func(_ *testing.T, p *project) { p.kernel.Toolchain.ID = "gcc-14 2" },
		"its name":                       func(_ *testing.T, p *project) { p.kernel.Toolchain.CC = "gcc-12" },
		"a module's name": func(t *testing.T, p *project) {
			p.write(t, "other.ko", "ELF 1")
			p.kernel.Virtio[0] = filepath.Join(p.root, "other.ko")
		},
	}
}

func put(all ...changes) changes {
	sum := changes{}
	for _, some := range all {
		for name, change := range some {
			sum[name] = change
		}
	}
	return sum
}

func TestUserlandInputs(t *testing.T) {
	cachetest.Table[*project]{Kind: kindUserland, New: newProject,
		Inputs: func(t *testing.T, p *project) *cache.Inputs { return p.read(t).userlandInputs() },
		Other:  put(userlandChanges()), Same: put(same(), imageChanges()),
	}.Run(t)
}

func TestImageInputs(t *testing.T) {
	cachetest.Table[*project]{Kind: kindImage, New: newProject,
		Inputs: func(t *testing.T, p *project) *cache.Inputs { return p.read(t).imageInputs() },
		Other:  put(userlandChanges(), imageChanges()), Same: put(same()),
	}.Run(t)
}

// TestHowTo changes how the same sources are built.
func TestHowTo(t *testing.T) {
	table := cachetest.Table[*inputs]{Kind: kindUserland,
		New:    func(t *testing.T) *inputs { return newProject(t).read(t) },
		Inputs: func(_ *testing.T, in *inputs) *cache.Inputs { return in.userlandInputs() },
		Other: map[string]func(*testing.T, *inputs){
			"Go":                    func(_ *testing.T, in *inputs) { in.golang = "go1.99" },
			"a command more":        func(_ *testing.T, in *inputs) { in.include = append(in.include, uroot+"df") },
			"one less":              func(_ *testing.T, in *inputs) { in.include = in.include[1:] },
			"arguments of mkuimage": func(_ *testing.T, in *inputs) { in.howTo.userland = append(in.howTo.userland, "-x") },
		},
	}
	table.Run(t)
	table.Kind, table.Inputs = kindImage, func(_ *testing.T, in *inputs) *cache.Inputs { return in.imageInputs() }
	table.Other["arguments for the agent"] = func(_ *testing.T, in *inputs) { in.howTo.agent = append(in.howTo.agent, "-x") }
	table.Run(t)
}

// TestSettings checks that a variable of the go command that changes what it
// builds makes another userland, or does not reach the go command.
func TestSettings(t *testing.T) {
	in := newProject(t).read(t)
	for name, value := range map[string]string{"GOAMD64": "v3", "GOARM64": "v9.0", "GOFLAGS": "-tags=x", "GOEXPERIMENT": "greenteagc", "GODEBUG": "x=1", "GOFIPS140": "latest",
		"GOWORK": "/x/go.work", "GOTOOLCHAIN": "go1.26.7", "GOROOT": "/x", "GOENV": "/x", "CGO_ENABLED": "1", "GOOS": "plan9", "GOARCH": "386"} {
		before, had := in.userlandInputs().Key(), effective(t, in, name)
		t.Setenv(name, value)
		if reaches, changes := effective(t, in, name) != had, in.userlandInputs().Key() != before; reaches != changes {
			t.Errorf("%s=%s: reaches the go command: %t, makes another userland: %t", name, value, reaches, changes)
		}
	}
}

// effective returns what the go command gets as the variable name.
func effective(t *testing.T, in *inputs, name string) string {
	t.Helper()
	env, err := goEnvironment(t.Context(), in.root)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("true")
	cmd.Env = env
	for _, entry := range cmd.Environ() { // each name once
		if value, ok := strings.CutPrefix(entry, name+"="); ok {
			return "=" + value
		}
	}
	return ""
}

// TestReplacedFolder edits the sources that stand in the place of a module.
func TestReplacedFolder(t *testing.T) {
	cachetest.Table[*project]{Kind: kindUserland,
		New: func(t *testing.T) *project {
			p := newProject(t)
			userlandChanges()["replace by a folder"](t, p)
			return p
		},
		Inputs: func(t *testing.T, p *project) *cache.Inputs { return p.read(t).userlandInputs() },
		Other:  changes{"a source": edit("a/a.go", "package a // changed\n"), "a new one": edit("a/b.go", "package a\n")},
	}.Run(t)
}
