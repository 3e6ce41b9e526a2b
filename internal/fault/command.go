// SPDX-License-Identifier: GPL-2.0-only

package fault

import "runtime/debug"

// command is the package of the program that people install.
const command = "kmodlab/cmd/kmodlab"

// Command returns what to type for a target with its arguments: in a checkout of
// the project it is mage's, elsewhere the installed command's.
func Command(target string) string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Path == command {
		return "kmodlab " + target
	}
	return "go tool mage " + target
}
