// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	_ "embed"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kmodlab/harness/cache"
	"kmodlab/harness/kernel"
)

// Kbuild asks the compiler at the start of every make which options it knows,
// some forty times, by compiling nothing with each (try-run in
// scripts/Makefile.compiler). For a module of one file that takes longer than
// all the rest. The kernel's own build used to remember the answers
// (scripts/Kbuild.include with .cache.mk, dropped in 4.18 when most of the
// questions went to Kconfig); this file does it from outside.

//go:embed probes.sh
var probesScript string

// probes returns a folder with a stand-in for the compiler of k, to be put in
// front of PATH. It passes on everything, but remembers which options the
// compiler has accepted. "" when there is no compiler to stand in for.
func probes(c *cache.Cache, k *kernel.Kernel) (string, error) {
	cc := k.Toolchain.CC
	if cc == "" || cc != filepath.Base(cc) || strings.Contains(cc, " ") {
		return "", nil // the kernel's Makefile says which, or the user does, in words of their own
	}
	real := filepath.Join(k.Toolchain.Bin, cc)
	if k.Toolchain.Bin == "" {
		var err error
		if real, err = exec.LookPath(cc); err != nil {
			return "", nil // make will say so, and Diagnose understands it
		}
	}
	script := strings.NewReplacer("@compiler@", quote(real)).Replace(probesScript)
	// Among the staging folders, which are not finished once for all either,
	// and go when they are not used.
	name := "probes-" + cache.Key(script, k.Toolchain.ID)[:20]
	bin := filepath.Join(c.Root(), kindStage, name, "bin")
	c.Used(kindStage, name)
	stand := filepath.Join(bin, cc)
	if _, err := os.Stat(stand); err == nil {
		return bin, nil
	}
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", err
	}
	// Whole or not at all: another run may be about to start it.
	f, err := os.CreateTemp(bin, ".new-*")
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(script)
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o755)
	}
	if err == nil {
		err = os.Rename(f.Name(), stand)
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return bin, nil
}

// quote makes one word of s for a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
