// SPDX-License-Identifier: GPL-2.0-only

// Package headers names the contents of a kernel tree that somebody may edit,
// as far as a build of modules can read it.
//
// The name depends on contents alone: a file that was touched, or edited and
// set right again, gives the name it gave before. Since reading ten thousand
// files takes a while, the sum of a file is remembered with what the file system
// says of it, and read again when that differs.
package headers

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
)

// needed are files without which a tree builds no modules.
var needed = []string{"Makefile", "Module.symvers", "include/generated/autoconf.h", "include/config/auto.conf"}

// Digest returns a name for the contents of what a build of modules can read of
// the kernel tree, or of the headers, in dir. The error is a [fault.Error] of
// the kernel.
func Digest(ctx context.Context, c *cache.Cache, dir string) (string, error) {
	fail := func(err error) (string, error) {
		return "", &fault.Error{Owner: fault.Kernel, What: "these are no kernel headers to build modules with", Where: dir, Err: err,
			Hint: "name a folder in which a kernel was built, or one of headers: make modules_prepare makes them"}
	}
	begin := time.Now()
	files, err := list(dir)
	if err != nil {
		return fail(err)
	}
	known := load(c, dir)
	sums, err := sumAll(ctx, files, known)
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return fail(err)
	}
	var parts []string
	for i, f := range files {
		if sums[i] != "" { // else it went away meanwhile
			parts = append(parts, f.name, sums[i])
		}
	}
	for _, name := range needed {
		if !slices.Contains(parts, name) {
			return fail(fmt.Errorf("there is no %s", filepath.Join(dir, name)))
		}
	}
	known.keep(ctx, c, dir, files, sums, begin)
	return cache.Key(parts...), nil
}

// sumAll returns the sum of each file, as known or as read; "" for one that is
// not there any more.
func sumAll(ctx context.Context, files []file, known memory) ([]string, error) {
	sums := make([]string, len(files))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.NumCPU())
	for i, f := range files {
		if sum, ok := known.sum(f); ok {
			sums[i] = sum
			continue
		}
		group.Go(func() (err error) {
			if ctx.Err() == nil {
				sums[i], err = sum(f.path)
			}
			return err
		})
	}
	return sums, group.Wait()
}
