// SPDX-License-Identifier: GPL-2.0-only

package kbuild

// Unsupported is a folder's own statement that it is not for a kernel.
type Unsupported struct{ Reason string }

// Error returns the reason.
func (e *Unsupported) Error() string { return e.Reason }
