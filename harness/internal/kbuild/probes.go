// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
)

// Kbuild asks the compiler at the start of every make which options it knows,
// some forty times, by compiling nothing with each (try-run in
// scripts/Makefile.compiler). For a module of one file that takes longer than
// all the rest. So the answers are remembered here.

//go:embed probes.sh
var probesScript string

// What is in the folder of a stand-in: itself, to be put in front of PATH, and
// what it remembers, which is all that a build may write there.
const probesBin, probesYes = "bin", "yes"

// probesIn returns the folder of a stand-in for the compiler of k. It passes on
// everything, but remembers which options the compiler has accepted. "" when
// there is no compiler to stand in for.
//
// It is for the project's own modules. A folder that nobody here wrote does not
// get to see it: what it wrote there would be believed later.
func probesIn(ctx context.Context, c *cache.Cache, k *kernel.Kernel) (string, error) {
	cc := k.Toolchain.CC
	if cc == "" || cc != filepath.Base(cc) || strings.Contains(cc, " ") {
		return "", nil // the kernel's Makefile says which, or the user does, in words of their own
	}
	real := filepath.Join(k.Toolchain.Bin, cc)
	if k.Toolchain.Bin == "" {
		var err error
		if real, err = exec.LookPath(cc); err != nil {
			return "", nil // make will say so, and diagnose understands it
		}
	}
	script := strings.NewReplacer("@compiler@", quote(real)).Replace(probesScript)
	dir, err := c.Dir(ctx, probesInputs(script, k), func(_ context.Context, tmp string) error {
		for _, name := range []string{probesBin, probesYes} {
			if err := os.Mkdir(filepath.Join(tmp, name), 0o755); err != nil {
				return err
			}
		}
		return os.WriteFile(filepath.Join(tmp, probesBin, cc), []byte(script), 0o755)
	})
	return dir, err
}

// quote makes one word of s for a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
