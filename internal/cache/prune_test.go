// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"context"
	"os"
	"testing"
	"time"
)

func TestPrune(t *testing.T) {
	c, err := At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	const kind = "thing"
	nothing := func(context.Context, string) error { return nil }
	for name, age := range map[string]time.Duration{"new": 0, "used": keepUnused - time.Hour, "old": keepUnused + time.Hour, "old and used": keepUnused + time.Hour, "old and marked": keepUnused + time.Hour} {
		dir, err := c.Dir(t.Context(), Named(kind, name), nothing)
		if err != nil {
			t.Fatal(err)
		}
		then := time.Now().Add(-age)
		if err := os.Chtimes(dir, then, then); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := c.Dir(t.Context(), Named(kind, "old and used"), nothing); err != nil {
		t.Fatal(err)
	}
	c.Used(kind, "old and marked")
	c.Prune(t.Context(), kind)
	for name, want := range map[string]bool{"new": true, "used": true, "old": false, "old and used": true, "old and marked": true} {
		if _, got := c.Lookup(kind, name); got != want {
			t.Errorf("after Prune: the entry %q is there: %t; want %t", name, got, want)
		}
	}
}
