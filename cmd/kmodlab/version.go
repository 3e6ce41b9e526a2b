// SPDX-License-Identifier: GPL-2.0-only

package main

import "runtime/debug"

// version names the state of the project that the program was built from: the
// module's version when it was installed by that, or the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	const digits = 12
	name := info.Main.Version
	if revision := settings["vcs.revision"]; len(revision) > digits {
		name += " " + revision[:digits]
		if settings["vcs.modified"] == "true" {
			name += "-dirty"
		}
	}
	return name
}
