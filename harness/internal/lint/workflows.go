// SPDX-License-Identifier: GPL-2.0-only

package lint

// Workflows returns the check of what GitHub runs for the project below root. It
// asks shellcheck about the scripts in there, where that is installed.
func Workflows(root string) Check {
	return program("actionlint", root, "go", "tool", "actionlint", "-oneline", "-no-color")
}
