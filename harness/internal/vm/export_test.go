// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"

	"kmodlab/internal/cache"
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

// Forge gives the frozen VM in dir another state, with the sum that it should
// have.
func Forge(dir string, state []byte) error {
	path := filepath.Join(dir, stateName)
	if err := os.WriteFile(path, state, 0o644); err != nil {
		return err
	}
	text, err := os.ReadFile(filepath.Join(dir, metaFile))
	if err != nil {
		return err
	}
	var meta meta
	if err := json.Unmarshal(text, &meta); err != nil {
		return err
	}
	if meta.State, err = sumFile(path); err != nil {
		return err
	}
	if text, err = json.Marshal(meta); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, metaFile), text, 0o644)
}

// Melts tells whether a VM with the device cannot be frozen.
func Melts(device string) bool { return devices[device].melts }

// Modals returns what the kernel calls the device.
func Modals(device string) []string { return slices.Clone(devices[device].modals) }
