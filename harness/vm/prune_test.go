// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"kmodlab/harness/cache"
)

func TestPrune(t *testing.T) {
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for name, age := range map[string]time.Duration{"new": 0, "used": keepUnused - time.Hour, "old": keepUnused + time.Hour} {
		dir := filepath.Join(c.Root(), kindTemplate, name)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(dir, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	prune(t.Context(), c, now)
	for name, want := range map[string]bool{"new": true, "used": true, "old": false} {
		if _, got := c.Lookup(kindTemplate, name); got != want {
			t.Errorf("after prune: template %s is there: %t; want %t", name, got, want)
		}
	}
}
