// SPDX-License-Identifier: GPL-2.0-only

package headers

import (
	"testing"

	"kmodlab/internal/cache"
	"kmodlab/internal/cache/cachetest"
)

// What is remembered is of a tree, whatever is in it: [TestDigest] has the rest.
func TestInputs(t *testing.T) {
	cachetest.Table[*tree]{Kind: kind, New: newTree,
		Inputs: func(_ *testing.T, tr *tree) *cache.Inputs { return inputs(tr.dir) },
		Other:  map[string]func(*testing.T, *tree){"place": func(_ *testing.T, tr *tree) { tr.dir += "2" }},
		Same:   map[string]func(*testing.T, *tree){"an edit": same("include/linux/list.h")},
	}.Run(t)
}
