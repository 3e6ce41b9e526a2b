// SPDX-License-Identifier: GPL-2.0-only

package splat

// FoundByNMI is in the title of a panic that came from outside: somebody sent
// an interrupt that cannot be masked to a kernel that hangs, to see where.
const FoundByNMI = "an NMI was sent to find it stuck"
