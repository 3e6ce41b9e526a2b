// SPDX-License-Identifier: GPL-2.0-only

package lint

import (
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
)

// built are the folders of modules that are built with more warnings.
var built = []string{"kmod", "guest/counters", "harness/testdata/coverage", "harness/testdata/cycles", "harness/testdata/faults", "harness/testdata/misuse", "harness/internal/vm/testdata/modules"}

// sparseless are the series whose headers sparse cannot read, and why.
var sparseless = map[string]string{
	"7.3": "sparse 0.6.4 cannot parse the headers of 7.3",
}

// Tool is a program that does not come with the machine.
type Tool struct {
	Dir  string // holds all that it needs
	Path string // of the program
}

// Modules returns the checks of the modules below root by the compiler (W=1)
// and by sparse, on the kernels of sources.
func Modules(c *cache.Cache, root string, sources []kernel.Source, sparse Tool) []Check {
	var checks []Check
	for _, source := range sources {
		name, args := "W=1 and sparse", []string{"W=1", "C=2", "CHECK=" + sparse.Path}
		if why, left := sparseless[source.Series]; left {
			checks = append(checks, Check{Name: "sparse on " + source.Name, LeftOut: why})
			name, args = "W=1", args[:1]
		}
		for _, dir := range built {
			checks = append(checks, Check{Name: fmt.Sprintf("%s on %s, %s", name, source.Name, dir), Ask: func(ctx context.Context) ([]string, error) {
				k, err := source.Get(ctx)
				if err != nil {
					return nil, err
				}
				return kbuild.Complaints(ctx, c, k, filepath.Join(root, dir), []string{sparse.Dir}, args...)
			}})
		}
	}
	return checks
}

// Blueprint returns the check of a lesson that was just made: whoever begins with
// it begins well.
func Blueprint(c *cache.Cache, source kernel.Source, checkpatch string) Check {
	return Check{Name: "checkpatch and W=1, a new lesson", Ask: func(ctx context.Context) ([]string, error) {
		dir, remove, err := c.Temp(ctx, "lint")
		if err != nil {
			return nil, err
		}
		defer remove()
		if _, err := lesson.New(dir, "fresh", "make"); err != nil {
			return nil, err
		}
		findings, err := style(ctx, dir, checkpatch, folder{path: "."})
		if err != nil {
			return nil, err
		}
		k, err := source.Get(ctx)
		if err != nil {
			return nil, err
		}
		more, err := kbuild.Complaints(ctx, c, k, filepath.Join(dir, "fresh"), nil, "W=1")
		return append(findings, more...), err
	}}
}

// cSources returns the C sources in the folder dir below root, by their paths
// from root, sorted. What modpost made is not among them.
func cSources(root, dir string) ([]string, error) {
	var sources []string
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !slices.Contains([]string{".c", ".h"}, filepath.Ext(path)) || strings.HasSuffix(path, ".mod.c") {
			return err
		}
		rel, err := filepath.Rel(root, path)
		sources = append(sources, rel)
		return err
	})
	if err == nil && len(sources) == 0 {
		err = fmt.Errorf("no C sources in %s", dir)
	}
	return sources, err
}
