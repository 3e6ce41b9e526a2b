// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"kmodlab/harness/internal/project"
	"kmodlab/harness/internal/vm"
)

// The page tells of each key of kmodlab.toml, and of no other.
func TestProjectKeys(t *testing.T) {
	keys := map[string]bool{}
	for field := range reflect.TypeFor[project.Project]().Fields() {
		if name := field.Tag.Get("toml"); name != "-" {
			keys[name] = true
		}
	}
	p := read(t, "docs/kmodlab.md")
	compareSets(t, p.path, column(t, p, "project keys"), maps.Keys(keys))
}

// The page tells of each device that VMs can be given, and of no other.
func TestDevices(t *testing.T) {
	p := read(t, "docs/try.md")
	compareSets(t, p.path, column(t, p, "devices"), slices.Values(vm.DeviceNames()))
}
