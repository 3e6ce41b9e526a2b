// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"kmodlab/internal/cache"
)

// identity tells one QEMU from another, though both call themselves alike: a
// template is of use to its own only. A QEMU is its program and the files that
// it loads. None of them is read; that would take longer than a clone does.
func identity(version, path string, loads []string) string {
	parts := []string{version, cache.FileID(path)}
	for _, file := range loads {
		parts = append(parts, file, cache.FileID(file))
	}
	return version + " " + cache.Key(parts...)[:16]
}

// loaded returns the files that a QEMU loads: the libraries that are linked to
// it, its own modules (TCG is one, on Debian), and the firmware that its boards
// begin with.
func loaded(ctx context.Context, path string) []string {
	var libs, roms []string
	var asked sync.WaitGroup
	asked.Go(func() { libs = libraries(ctx, path) })
	asked.Go(func() { roms = firmware(ctx, path) })
	asked.Wait()
	return slices.Concat(libs, ownModules(path), roms)
}

// say returns what a program prints; nothing when it fails, as ldd does of a
// script.
func say(ctx context.Context, argv ...string) string {
	out, err := quiet(ctx, argv).Output()
	if err != nil {
		return ""
	}
	return string(out)
}

// libraries returns the paths of the shared libraries of a program, those they
// need in turn among them, as the loader of this machine finds them.
func libraries(ctx context.Context, path string) []string {
	return parseLibraries(say(ctx, "ldd", path))
}

// parseLibraries reads the lines of ldd(1): "libc.so.6 => /lib/libc.so.6 (0x7)",
// "/lib64/ld-linux-x86-64.so.2 (0x7)".
func parseLibraries(text string) []string {
	var paths []string
	for line := range strings.Lines(text) {
		for _, word := range strings.Fields(line) {
			if strings.HasPrefix(word, "/") {
				paths = append(paths, word)
			}
		}
	}
	slices.Sort(paths) // the loader has an order of its own
	return slices.Compact(paths)
}

// ownModules returns the parts of a QEMU that it loads when it needs them,
// where distributions and "make install" put them.
func ownModules(path string) []string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	prefix := filepath.Dir(filepath.Dir(path))
	var paths []string
	for _, pattern := range []string{"lib/*/qemu/*.so", "lib/qemu/*.so", "lib64/qemu/*.so"} {
		found, err := filepath.Glob(filepath.Join(prefix, pattern))
		if err == nil {
			paths = append(paths, found...)
		}
	}
	return paths
}

// firmware returns the files in the folders where a QEMU looks for what a board
// has in its ROMs. Which of them a board reads, QEMU does not tell.
func firmware(ctx context.Context, path string) []string {
	var paths []string
	for dir := range strings.Lines(say(ctx, path, "-L", "help")) {
		dir = strings.TrimSpace(dir)
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue // not all of them need be there
		}
		for _, e := range entries {
			if !e.IsDir() {
				paths = append(paths, filepath.Join(dir, e.Name()))
			}
		}
	}
	return paths
}
