// SPDX-License-Identifier: GPL-2.0-only

package tree

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/box"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

// toolchain returns the compiler that a kernel so configured was built with:
// the one of this machine that bears its name. With it come the folders that
// it has to see to run.
func toolchain(ctx context.Context, options kernel.Options) (kernel.Toolchain, []string, error) {
	built := options["CC_VERSION_TEXT"]
	name, _, _ := strings.Cut(built, " ")
	var args []string
	if options["CC_IS_CLANG"] == "y" {
		name, args = "clang", []string{"LLVM=1"}
	}
	if name == "" {
		name = "gcc"
	}
	var compiler string
	for _, program := range []string{"make", name} {
		path, err := exec.LookPath(program)
		if err != nil {
			return kernel.Toolchain{}, nil, &fault.Error{Owner: fault.Host, What: "the compiler that the kernel was built with is not installed: " + program, Where: "CONFIG_CC_VERSION_TEXT=" + built, Err: errors.Unwrap(err),
				Hint: "install it, on Debian: apt-get install " + strings.TrimPrefix(program, "x86_64-linux-gnu-")}
		}
		compiler = path
	}
	output, err := exec.CommandContext(ctx, compiler, "--version").Output()
	if err != nil {
		return kernel.Toolchain{}, nil, &fault.Error{Owner: fault.Host, What: "the compiler does not run", Where: name + " --version", Err: err}
	}
	version, _, _ := strings.Cut(string(output), "\n")
	if version != built {
		step.Note(ctx, "the kernel was built with %q, its modules are built with %q", built, version)
	}
	t := kernel.Toolchain{ID: toolchainID(version, name, len(args) > 0), CC: name, MakeArgs: args}
	dir := filepath.Dir(compiler)
	if !slices.Contains(filepath.SplitList(box.Path), dir) {
		// Builds do not get the user's PATH.
		t.Env = []string{"PATH=" + dir + string(os.PathListSeparator) + box.Path}
	}
	return t, []string{dir, installation(compiler)}, nil
}

// installation returns the folder with a program and what belongs to it: the
// one above its bin, but for a bin that is beside a person's own files.
func installation(program string) string {
	if real, err := filepath.EvalSymlinks(program); err == nil {
		program = real
	}
	bin := filepath.Dir(program)
	above := filepath.Dir(bin)
	if home, err := os.UserHomeDir(); filepath.Base(bin) != "bin" || err == nil && (above == home || above == filepath.Join(home, ".local")) {
		return bin
	}
	return above
}
