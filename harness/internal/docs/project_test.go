// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"maps"
	"reflect"
	"testing"

	"kmodlab/harness/internal/project"
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
