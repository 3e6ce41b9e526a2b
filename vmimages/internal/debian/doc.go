// SPDX-License-Identifier: GPL-2.0-only

// Package debian makes kernels of the Debian archive usable on this machine,
// without root: image, headers and a compiler that fits, all kept in the cache.
//
// The packages come through apt, in package roots of our own, so that the
// machine's apt stays as it is. The mirror is the one that the machine already
// uses; signatures and hashes are always checked. What is in the cache needs
// neither apt nor a network.
package debian
