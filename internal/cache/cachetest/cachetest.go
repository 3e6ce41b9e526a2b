// SPDX-License-Identifier: GPL-2.0-only

// Package cachetest shows that a kind of cache entry lists all its inputs.
package cachetest

import (
	"maps"
	"slices"
	"testing"

	"kmodlab/internal/cache"
)

// Table is what a kind of entry is made from, and what becomes of its key when
// that changes. There is one for each kind; a test in ./docs looks for it.
type Table[T any] struct {
	Kind   string
	New    func(t *testing.T) T                     // something to make an entry from
	Inputs func(t *testing.T, from T) *cache.Inputs // the function under test
	Other  map[string]func(t *testing.T, from T)    // changes that make another entry
	Same   map[string]func(t *testing.T, from T)    // changes that do not
}

// Run does each change to something new, and compares the keys before and
// after.
func (tt Table[T]) Run(t *testing.T) {
	t.Helper()
	check := func(name string, change func(*testing.T, T), changes bool) {
		t.Run(name, func(t *testing.T) {
			from := tt.New(t)
			before := tt.Inputs(t, from)
			if again := tt.Inputs(t, from); again.Key() != before.Key() {
				t.Errorf("asked twice, the key of %s differs:\n%s%s", tt.Kind, before, again)
			}
			change(t, from)
			after := tt.Inputs(t, from)
			if before.Kind() != tt.Kind || after.Kind() != tt.Kind {
				t.Errorf("the inputs are of kind %q; want %q", after.Kind(), tt.Kind)
			}
			if got := before.Key() != after.Key(); got != changes {
				t.Errorf("%s: another key of %s: %t; want %t\nbefore: %safter:  %s", name, tt.Kind, got, changes, before, after)
			}
		})
	}
	for _, name := range slices.Sorted(maps.Keys(tt.Other)) {
		check(name, tt.Other[name], true)
	}
	for _, name := range slices.Sorted(maps.Keys(tt.Same)) {
		check(name, tt.Same[name], false)
	}
}
