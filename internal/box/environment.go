// SPDX-License-Identifier: GPL-2.0-only

package box

import "os"

// Path is where programs are looked for. The user's own PATH could name
// another make, or another compiler, than yesterday's.
const Path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// home is the home of a boxed command.
const home = "/tmp/home"

// environment is all that a command has of an environment, walls around it or
// not. Nothing is taken over from the user's: a variable there could change
// what is built (KCPPFLAGS, MAKEFLAGS, CPATH, LD_PRELOAD), or be a secret.
func environment(boxed bool) []string {
	env := []string{
		"PATH=" + Path,
		// Messages are read by the harness. Kbuild unsets the first.
		"LC_ALL=C", "LC_MESSAGES=C", "LANG=C",
		"TERM=dumb", "TZ=UTC0", "SHELL=/bin/sh",
	}
	if boxed {
		return append(env, "HOME="+home, "TMPDIR=/tmp")
	}
	// No home is better than the user's.
	return append(env, "HOME=/dev/null", "TMPDIR="+os.TempDir())
}
