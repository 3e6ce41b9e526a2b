// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// remark is a line in which a compiler, sparse or modpost finds fault.
var (
	remark  = regexp.MustCompile(`^([^ :]+\.[chS]):(\d+)(?::\d+)?: ((?:fatal )?error|warning): (.*)$`)
	modpost = regexp.MustCompile(`^(?:WARNING|ERROR): (?:modpost: )?.*`)
)

// Complaints builds the modules in the folders of src anew for the kernel k,
// with further arguments of make, and returns what the tools of the build had
// to say about these sources, a line each with the place below src. Tools that
// are not the kernel's are in the folders read. Of the
// kernel's own headers only errors count. What is left out on this kernel, for
// what it does not export, is nobody's fault.
func Complaints(ctx context.Context, c *cache.Cache, k *kernel.Kernel, src string, read []string, args ...string) ([]string, error) {
	sources, err := readSources(src)
	if err != nil {
		return nil, err
	}
	stage, remove, err := c.Temp(ctx, "lint")
	if err != nil {
		return nil, err
	}
	defer remove()
	target, err := Target(ctx, c, k)
	if err != nil {
		return nil, err
	}
	if err := sources.stage(stage, target); err != nil {
		return nil, err
	}
	output, err := runMake(ctx, c, k, stage, read, args...)
	if ctx.Err() != nil {
		return nil, err
	}
	found := complaints(output, stage)
	if err != nil && len(found) == 0 {
		return nil, &fault.Error{Owner: fault.Build, What: "make ended badly without a message that could be read", Where: src + " for " + k.Release,
			Err: fmt.Errorf("%w: %s", err, lastLine(output))}
	}
	return found, nil
}

// complaints finds in what make printed the complaints about the sources in the
// folder stage. A header that many sources include is named once.
func complaints(output, stage string) []string {
	var found []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		m := remark.FindStringSubmatch(line)
		if m == nil {
			if modpost.MatchString(line) {
				found = append(found, strings.ReplaceAll(line, stage+"/", ""))
			}
			continue
		}
		place, ours := within(stage, m[1])
		if ours || m[3] != "warning" {
			found = append(found, fmt.Sprintf("%s:%s: %s: %s", place, m[2], m[3], m[4]))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// within returns the path below the folder stage of a file that make's tools
// named, and whether it is there. Since 6.13 they run in that folder.
func within(stage, name string) (string, bool) {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(stage, path)
	}
	rel, err := filepath.Rel(stage, path)
	if err != nil || !filepath.IsLocal(rel) {
		return name, false
	}
	_, err = os.Stat(path)
	return rel, err == nil
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
