// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"kmodlab/harness/cache"
)

// kindTemplate is the kind of the cache entries.
const kindTemplate = "template"

// keepUnused is how long a template is kept that nobody clones. Each change of
// the agent or of QEMU makes new ones, of 70 MB each.
const keepUnused = 7 * 24 * time.Hour

// prune removes the templates that were not opened for long. One that cannot
// be removed stays for the next time.
func prune(ctx context.Context, c *cache.Cache, now time.Time) {
	entries, err := os.ReadDir(filepath.Join(c.Root(), kindTemplate))
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && now.Sub(info.ModTime()) > keepUnused {
			c.Evict(ctx, kindTemplate, e.Name())
		}
	}
}
