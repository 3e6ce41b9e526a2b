// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"fmt"
	"slices"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// mostArgs is how many characters of a command line are a user's. Kernels have room
// for 2048 (COMMAND_LINE_SIZE, arch/x86/include/asm/setup.h of 6.12) and drop the
// rest without a word; the harness takes some 400.
const mostArgs = 1024

// Why words are refused, as the ends of sentences.
const (
	takesConsole = "panics and hangs are read on the serial console"
	takesLog     = "lines on the console as they come make a module that prints much seem to hang"
	takesInit    = "a VM boots into the harness's initramfs, whose init starts the agent"
	takesModules = "then the kernel takes no module, or none without a signature"
	takesCPUs    = "a case says how many processors it has, by cpus:2"
	takesPanic   = "a kernel that panics has to reset its VM at once"
	takesGo      = "it is for the programs of the harness in the guest"
)

// footing is, by name, the words besides the harness's own by which it would lose
// its footing in a guest. Names are those of 6.12: init/main.c, init/do_mounts*.c,
// kernel/printk/printk.c, kernel/module, kernel/smp.c, kernel/reboot.c,
// security/lockdown, drivers/tty/serial; modules_load is u-root's (pkg/libinit).
var footing = map[string]string{
	"earlycon": takesConsole, "earlyprintk": takesConsole, "keep_bootcon": takesConsole, "console_msg_format": takesConsole,
	"kgdboc": takesConsole, "kgdbwait": takesConsole,
	"debug": takesLog, "loglevel": takesLog, "ignore_loglevel": takesLog, "printk.ignore_loglevel": takesLog,
	"printk.devkmsg": "the agent reads the log from /dev/kmsg",
	"init":           takesInit, "rdinit": takesInit, "initrd": takesInit, "initrdmem": takesInit, "noinitrd": takesInit, "root": takesInit, "modules_load": takesInit,
	"nomodule": takesModules, "module.sig_enforce": takesModules, "lockdown": takesModules,
	"nosmp": takesCPUs, "maxcpus": takesCPUs, "nr_cpus": takesCPUs, "possible_cpus": takesCPUs,
	"reboot": takesPanic,
	"--":     "what is behind it is not for the kernel",
}

// KernelArgs returns the words of text, which stands at where, that are to be added
// to a kernel's command line. They are divided as the kernel does: blanks in quotation
// marks divide nothing. The error is a [fault.Error] of usage: for words by which the
// harness would lose its footing in the guest, such as console=, for what is not
// printable ASCII, and for more than a kernel has room for.
func KernelArgs(where, text string) ([]string, error) {
	wrong := func(format string, args ...any) error {
		return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf(format, args...), Where: where}
	}
	if i := strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
		return nil, wrong("a kernel's command line is printable ASCII in one line, and this is not: %q", text)
	}
	if len(text) > mostArgs {
		return nil, wrong("a kernel's command line has room for %d characters of yours, and these are %d", mostArgs, len(text))
	}
	words, closed := divide(text)
	if !closed {
		return nil, wrong("a quotation mark is not closed: %s", text)
	}
	own := ownArgs()
	for _, word := range words {
		name := argName(word)
		if i := slices.IndexFunc(own, func(mine string) bool { return argName(mine) == name }); i >= 0 {
			return nil, wrong("%s is not yours to give: the harness has every kernel boot with %s", word, own[i])
		}
		if why := refused(name); why != "" {
			return nil, wrong("%s is not yours to give: %s", word, why)
		}
	}
	return words, nil
}

// refused says why a word of the name is refused, "" when it is not.
func refused(name string) string {
	for word, why := range footing {
		if argName(word) == name {
			return why
		}
	}
	switch {
	case strings.HasPrefix(name, "uroot."):
		return takesInit
	case strings.HasPrefix(name, "GO"):
		return takesGo
	}
	return ""
}

// divide divides text at its blanks as next_arg() does (lib/cmdline.c), and tells
// whether each quotation mark is closed.
func divide(text string) (words []string, closed bool) {
	quoted := false
	words = strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == ' ' && !quoted
	})
	return words, !quoted
}

// argName returns the name of a word as the kernel compares it: without a quotation
// mark before it, and with no difference between dashes and underscores (parameq()
// in kernel/params.c).
func argName(word string) string {
	name, _, _ := strings.Cut(strings.Trim(word, `"`), "=")
	if name == "--" {
		return name
	}
	return strings.ReplaceAll(name, "-", "_")
}

// ownArgs are the words that the harness has kernels boot with, on whatever board.
func ownArgs() []string {
	var words []string
	for _, arch := range []string{"amd64", "arm64"} {
		for _, p := range (Machine{Kernel: &kernel.Kernel{Arch: arch}}).withDefaults().booting("") {
			words = append(words, p.kernel...)
		}
	}
	return words
}
