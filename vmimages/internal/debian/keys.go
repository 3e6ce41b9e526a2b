// SPDX-License-Identifier: GPL-2.0-only

package debian

import _ "embed"

// archiveKeys are the public keys that sign Debian's archive, in ASCII armour;
// keys/README.md says where they come from.
//
// They go along, and the machine's own keyring is not looked at, even where there
// is one. A machine that is not Debian has none, and one that is old has an old
// one. And whom an index is believed must not depend on who set up the machine: a
// keyring that holds more than Debian's keys would have others choose the kernels.
// That keys are known for years before they are the only ones to sign is what
// Debian promises its own releases, too.
//
//go:embed keys/debian-archive.asc
var archiveKeys string
