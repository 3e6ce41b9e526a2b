// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"maps"
	"slices"
)

// Commands returns the commands that a script may use, sorted.
func Commands() []string { return slices.Sorted(maps.Keys(scriptWords)) }
