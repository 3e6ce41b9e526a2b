// SPDX-License-Identifier: GPL-2.0-only

package headers

import "kmodlab/internal/cache"

// kind is the kind of the cache entries.
const kind = "headers"

// inputs are those of what is remembered of the tree in dir. What that says of
// other contents than those that are there is of no consequence.
func inputs(dir string) *cache.Inputs {
	return cache.NewInputs(kind).Add("format", "1").Add("tree", dir)
}
