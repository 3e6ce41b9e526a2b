// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"

	"kmodlab/harness/cache"
)

// TemplateDir returns where the template of m is in the cache.
func TemplateDir(c *cache.Cache, m Machine) string {
	in, err := m.withDefaults().frozenInputs()
	if err != nil {
		return ""
	}
	dir, _ := c.Lookup(in.Kind(), in.Key())
	return dir
}

// OpenTemplate opens the template of m in the folder dir.
func OpenTemplate(m Machine, dir string) (*Template, error) {
	return openTemplate(m.withDefaults(), dir)
}

// WriteState has QEMU write its state into the file path.
func (v *VM) WriteState(ctx context.Context, path string) error { return v.writeState(ctx, path) }
