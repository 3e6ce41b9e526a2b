// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"regexp"
	"strings"
)

// frame is a function in a call trace.
type frame struct {
	function, module string

	guess bool // it was found on the stack, and the unwinder does not vouch for it
	here  bool // a register says so: it happened here
}

// registers are how the lines begin that tell where the program counter stood,
// on x86, arm64, arm, RISC-V, powerpc, s390, MIPS, LoongArch, SPARC and PA-RISC (show_regs of each).
var registers = []string{"RIP: ", "RIP  ", "EIP: ", "EIP is at ", "IP: ", "pc : ", "PC is at ", "epc : ", "epc   : ", "NIP ", "Krnl PSW : ", "ERA: ", "TPC: <", "IAOQ[0]: "}

// parseFrame reads a line of a call trace: "func+0x1/0x2 [module]" with what the
// architectures put before it. Return addresses in a register (lr, ra) are no
// frames: the trace has them.
func parseFrame(line string) (frame, bool) {
	plus := strings.Index(line, "+0x")
	if plus <= 0 {
		return frame{}, false
	}
	begin := plus
	for begin > 0 && isSymbol(line[begin-1]) {
		begin--
	}
	rest, ok := offset(line[plus:])
	if begin == plus || isDigit(line[begin]) || !ok {
		return frame{}, false
	}
	f := frame{function: optimised.ReplaceAllString(line[begin:plus], ""), module: moduleOf(rest)}
	lead := strings.TrimLeft(line[:begin], " ")
	for _, register := range registers {
		if after, found := strings.CutPrefix(lead, register); found {
			f.here, lead = true, segment.ReplaceAllString(after, "")
			break
		}
	}
	return f, f.accept(lead)
}

// accept tells whether lead is what stands before a function in a trace:
// addresses, "? " for a guess, and on arm the function that was called.
func (f *frame) accept(lead string) bool {
	if strings.Contains(lead, " from") {
		return called.MatchString(lead)
	}
	for lead = strings.TrimLeft(lead, " ("); lead != ""; lead = strings.TrimLeft(lead, " (") {
		address := address.FindString(lead)
		switch {
		case strings.HasPrefix(lead, "? "):
			f.guess, lead = true, lead[2:]
		case address != "":
			lead = lead[len(address):]
		default:
			return false
		}
	}
	return true
}

var (
	segment = regexp.MustCompile(`^00[0-9a-f]{2}:`)
	address = regexp.MustCompile(`^(?:\[<?[0-9a-f]{8,16}>?\]|[0-9a-f]{8,16}\b)`)
	// arch/arm/kernel/traps.c, dump_backtrace_entry: "a from b+0x1/0x2", and with
	// addresses before 5.16.
	called = regexp.MustCompile(`^(?:\[<[0-9a-f]+>\] \()?[\w.$]+\)? from (?:\[<[0-9a-f]+>\] \()?$`)
	// What compilers append to the names of functions that they took apart.
	optimised = regexp.MustCompile(`\.(?:constprop|isra|part|cold|llvm)\b.*$`)
)

// offset reads "+0x1/0x2" and returns what follows it.
func offset(text string) (string, bool) {
	n := hexDigits(text[3:])
	rest := text[3+n:]
	if n == 0 || !strings.HasPrefix(rest, "/0x") {
		return "", false
	}
	m := hexDigits(rest[3:])
	return rest[3+m:], m > 0
}

// moduleOf returns the module that stands in brackets after a frame, which may
// be followed by the module's build ID.
func moduleOf(rest string) string {
	rest = strings.TrimPrefix(strings.TrimLeft(rest, ")"), " ")
	if !strings.HasPrefix(rest, "[") {
		return ""
	}
	name, _, ok := strings.Cut(rest[1:], "]")
	name, _, _ = strings.Cut(name, " ")
	if !ok || name == "" || name == "inline" {
		return ""
	}
	return name
}

func hexDigits(text string) int {
	n := 0
	for n < len(text) && (isDigit(text[n]) || 'a' <= text[n] && text[n] <= 'f') {
		n++
	}
	return n
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isSymbol(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '.' || c == '$'
}
