// SPDX-License-Identifier: GPL-2.0-only

package initramfs

// uroot is where u-root keeps its commands.
const uroot = "github.com/u-root/u-root/cmds/core/"

// shellTag selects the shell's line editor: one that writes what is typed, not
// the whole line at each key, for the console is slow; and it is 1 MB smaller.
const shellTag = "goshliner"

// commands returns the packages of the userland's commands. tools.go imports
// the same ones, so that go.mod and go.sum know what they need.
func commands() []string {
	var packages []string
	for _, name := range []string{
		"init", "gosh", // the first process and the shell
		"insmod", "rmmod", "lsmod", "dmesg", // what lessons are about
		"cat", "chmod", "cp", "date", "echo", "false", "find", "free", "grep", "head", "hexdump",
		"ip", "kill", "ln", "ls", "mkdir", "mknod", "mount", "mv", "pidof", "ps", "rm", "shutdown",
		"sleep", "tail", "tee", "touch", "true", "umount", "uname", "uptime", "wc",
	} {
		packages = append(packages, uroot+name)
	}
	return packages
}
