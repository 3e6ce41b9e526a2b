// SPDX-License-Identifier: GPL-2.0-only

package kernel

import "context"

// Source is a kernel that can be had: what is known of it beforehand, and the
// way to it. A provider makes sources; who runs something on many kernels
// takes them.
type Source struct {
	Name    string // how a person calls it: "6.12", "6.12 rt", "6.12.113+deb13"
	Series  string // "6.12"
	Flavour string // "cloud"
	Arch    string // "amd64"
	Flags   string // what chooses exactly this one on the command line: "-kernel=6.12 -flavour=rt"

	// Get returns the kernel ready to be built against and booted. What has to
	// be fetched is fetched then. Errors are errors of package fault.
	Get func(context.Context) (*Kernel, error)
}
