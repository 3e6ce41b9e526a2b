// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// keepUnused is how long an entry is kept that nobody uses, of the kinds that
// are pruned: those that are made anew without a network. Each change of the
// agent makes templates of 70 MB, one a kernel.
const keepUnused = 7 * 24 * time.Hour

// Used notes that the entry (kind, key) is in use now, for [Cache.Prune].
func (c *Cache) Used(kind, key string) {
	now := time.Now()
	os.Chtimes(filepath.Join(c.root, kind, key), now, now) // a cache that cannot be written is not pruned either
}

// Prune removes the entries of kind that were not used for [keepUnused]. One
// that cannot be removed stays for the next time.
func (c *Cache) Prune(ctx context.Context, kind string) {
	entries, err := os.ReadDir(filepath.Join(c.root, kind))
	if err != nil {
		return
	}
	unused := func(path string) error {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > keepUnused {
			return errUnwanted
		}
		return nil
	}
	for _, e := range entries {
		if unused(filepath.Join(c.root, kind, e.Name())) != nil {
			c.EvictIf(ctx, kind, e.Name(), unused) // unless somebody uses it by now
		}
	}
}
