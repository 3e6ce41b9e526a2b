// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"kmodlab/guest/executor"
	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
)

// These change when the way to make an entry of the cache does.
const (
	userlandRecipe = "2"
	imageRecipe    = "1"
)

// The kinds of the cache entries.
const kindUserland, kindImage = "userland", "initramfs"

// inputs is everything that an image is made of.
type inputs struct {
	root     string // folder of go.mod
	kernel   *kernel.Kernel
	executor *cache.Inputs                      // of the executor: its sources and its compiler
	arch     string                             // GOARCH
	golang   string                             // version of Go
	modules  []string                           // what go.mod and go.sum say about the sources of the userland
	include  []string                           // the commands of the userland
	howTo    struct{ userland, agent []string } // arguments of the programs that build them
	sources  []source                           // the agent's, in order of their paths
	virtio   []virtioModule
}

// source is a source file of the agent.
type source struct {
	path string // below the root
	text []byte
}

// virtioModule is a module that goes into the image.
type virtioModule struct {
	name string // its file name
	data []byte
}

// agentFolders are the agent's package and those that it imports of this
// module; a test asks the go command whether that is so.
var agentFolders = []string{"internal/wire", "guest/agent"}

// readInputs reads what an image for k is made of. It reads a few small files
// and starts nothing, for it is done in every run.
func readInputs(root string, k *kernel.Kernel) (*inputs, error) {
	// Debian's and Go's names agree for amd64 and arm64.
	in := &inputs{root: root, kernel: k, arch: k.Arch, golang: runtime.Version(), include: commands()}
	in.howTo.userland, in.howTo.agent = mkuimageArgs("OUT", "WORK"), agentArgs("OUT")
	var err error
	if in.modules, err = pinned(root); err != nil {
		return nil, err
	}
	if in.executor, err = executor.Inputs(k); err != nil {
		return nil, err
	}
	for _, dir := range agentFolders {
		paths, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			in.sources = append(in.sources, source{filepath.Join(dir, filepath.Base(path)), text})
		}
	}
	for _, path := range k.Virtio {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		in.virtio = append(in.virtio, virtioModule{name: filepath.Base(path), data: data})
	}
	return in, nil
}

// userlandInputs are those of u-root's part of an image.
func (in *inputs) userlandInputs() *cache.Inputs {
	return cache.NewInputs(kindUserland).Add("recipe", userlandRecipe).Add("go", in.golang).
		List("environment", append(slices.Clone(goFixed), "GOARCH="+in.arch)).List("modules", in.modules).
		List("mkuimage", in.howTo.userland).List("commands", in.include)
}

// imageInputs are those of an image.
func (in *inputs) imageInputs() *cache.Inputs {
	all := cache.NewInputs(kindImage).Add("recipe", imageRecipe).Add("userland", in.userlandInputs().Key()).
		List("agent", in.howTo.agent).Add("executor", in.executor.Key())
	for _, s := range in.sources {
		all.Sum("source "+s.path, s.text)
	}
	for i, m := range in.virtio {
		all.Sum(fmt.Sprintf("virtio module %d, %s", i, m.name), m.data)
	}
	return all
}

// pinned returns what decides which sources the userland is built from: the
// lines of go.mod that say so, without comments, the sums, and what stands in
// the place of modules.
func pinned(root string) ([]string, error) {
	path := filepath.Join(root, "go.mod")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	mod, err := modfile.Parse(path, text, nil)
	if err != nil {
		return nil, err
	}
	var list []string
	if mod.Go != nil {
		list = append(list, "go "+mod.Go.Version)
	}
	if mod.Toolchain != nil {
		list = append(list, "toolchain "+mod.Toolchain.Name)
	}
	for _, g := range mod.Godebug {
		list = append(list, "godebug "+g.Key+"="+g.Value)
	}
	for _, r := range mod.Require {
		list = append(list, "require "+r.Mod.String())
	}
	for _, x := range mod.Exclude {
		list = append(list, "exclude "+x.Mod.String())
	}
	for _, r := range mod.Replace {
		line := "replace " + r.Old.String() + " by " + r.New.String()
		if r.New.Version == "" { // a folder, which nobody has summed
			sum, err := folderSum(filepath.Join(root, r.New.Path), r.New.Path)
			if err != nil {
				return nil, err
			}
			line += " with " + sum
		}
		list = append(list, line)
	}
	slices.Sort(list) // the order in go.mod means nothing
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return nil, err
	}
	lines := strings.Fields(strings.ReplaceAll(string(sums), " ", "\x00"))
	slices.Sort(lines)
	return append(list, "go.sum "+cache.Key(lines...)), nil
}

// folderSum names the contents of a folder of Go sources; given is its path as
// go.mod has it, which may be whole.
func folderSum(dir, given string) (string, error) {
	if filepath.IsAbs(given) {
		dir = given
	}
	var parts []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		parts = append(parts, rel, string(text))
		return err
	})
	return cache.Key(parts...), err
}
