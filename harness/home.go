// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"path/filepath"
)

// Home says where everything is that a target works with. Its methods are the
// targets.
type Home struct {
	Sources string // the project's own, which VMs boot into: a checkout, or a copy of what is compiled in
	Lessons string // the modules and scripts that are run
	Dir     string // where the user stands; results are told of by their way from here
	Out     string // where results and logs go
}

// Checkout is the home of a checkout of the project in the folder root, where
// mage runs.
func Checkout(root string) Home {
	if abs, err := filepath.Abs(root); err == nil { // or it is as good as that
		root = abs
	}
	return Home{Sources: root, Lessons: filepath.Join(root, "kmod"), Dir: root, Out: filepath.Join(root, "out")}
}

// outName is how messages call the folder of the results.
func (h Home) outName() string {
	if rel, err := filepath.Rel(h.Dir, h.Out); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return h.Out
}
