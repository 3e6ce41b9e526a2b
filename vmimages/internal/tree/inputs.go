// SPDX-License-Identifier: GPL-2.0-only

package tree

import (
	"fmt"
	"os/exec"

	"kmodlab/internal/cache"
	"kmodlab/vmimages/internal/image"
)

// recipe changes when what is made of the same image does.
const recipe = "2"

const kindImage = "image"

// imageInputs are those of what a VM needs of a kernel: its image, unpacked, and
// drivers in the order of their insertion.
func imageInputs(digest string, drivers []image.Driver) *cache.Inputs {
	in := cache.NewInputs(kindImage).Add("recipe", recipe).Add("image", digest)
	for i, d := range drivers {
		in.Sum(fmt.Sprintf("driver %d, %s", i, d.Name), d.Data)
	}
	return in
}

// tools are the programs that make an object of a source, and a module of
// objects, besides the compiler.
func tools(llvm bool) []string {
	if llvm {
		return []string{"ld.lld", "llvm-objcopy", "objcopy", "pahole"}
	}
	return []string{"as", "ld", "objcopy", "pahole"}
}

// toolchainID names what this machine's compiler does: its version and that of
// its binutils, by what tells one file from another. A compiler that was built
// anew may say the same of itself.
func toolchainID(version, compiler string, llvm bool) string {
	parts := []string{version}
	for _, name := range append([]string{compiler}, tools(llvm)...) {
		path, err := exec.LookPath(name)
		if err != nil {
			path = "" // no matter until somebody runs it
		}
		parts = append(parts, name, path, cache.FileID(path))
	}
	return "host " + version + " " + cache.Key(parts...)[:16]
}
