// SPDX-License-Identifier: GPL-2.0-only

package gdb

import (
	"fmt"
	"strings"
)

// Session is what gdb is to do.
type Session struct {
	Socket  string // path of the socket at which QEMU waits
	Symbols string // path of the kernel's symbols
	Module  Module
	Batch   bool // print a backtrace and go on, instead of asking a person
	Plain   bool // no colours
}

// script returns the commands for gdb. They use no Python, which not every gdb
// has.
func (s Session) script() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	m := s.Module
	line("set pagination off\nset confirm off\nset language c\nset architecture i386:x86-64")
	if s.Plain {
		line("set style enabled off")
	}
	line("set substitute-path %s %s", m.Source, m.Built)
	line("set filename-display absolute\nset print symbol-loading off\nfile %s", s.Symbols)
	line("target remote %s", s.Socket)
	line("")
	line("# The module is complete, its code has not run. Its struct is the argument.")
	line("break do_init_module if %s", condition(m))
	line("continue")
	line("set $symtab = *(unsigned long *)(*(unsigned long *)($rdi + %d) + %d)", m.offsets.kallsyms, m.offsets.symtab)
	line("set $init = *(unsigned long *)($rdi + %d)", m.offsets.init)
	line("%s", addSymbols(m))
	line("delete\ntbreak *$init\ncontinue\nset language auto\nbacktrace 2")
	if s.Batch {
		line("detach")
	} else {
		line(`echo \n%s stands at its init function. next, step, list, print, break FUNCTION;\n`, m.Name)
		line(`echo continue lets the case go on, quit does so without gdb. The kernel's functions have names but no sources.\n\n`)
	}
	return b.String()
}

// condition holds at do_init_module() for this module and no other: its name,
// byte by byte, for gdb compares no strings without Python.
func condition(m Module) string {
	var parts []string
	for i, c := range []byte(m.Name + "\x00") {
		parts = append(parts, fmt.Sprintf("*(char *)($rdi + %d) == %d", m.offsets.name+int64(i), c))
	}
	return strings.Join(parts, " && ")
}

// addSymbols loads the module's debug information at the addresses that the
// kernel gave to its sections.
func addSymbols(m Module) string {
	const entry, value = 24, 8 // size of an Elf64_Sym, and where its st_value is
	command, args := "add-symbol-file "+m.Debug, ""
	for _, p := range m.places {
		command += " -s " + p.section + " 0x%lx"
		args += fmt.Sprintf(", *(unsigned long *)($symtab + %d) - %d", p.symbol*entry+value, p.value)
	}
	return `eval "` + command + `"` + args
}
