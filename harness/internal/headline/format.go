// SPDX-License-Identifier: GPL-2.0-only

package headline

import (
	"path"
	"regexp"
	"strconv"
	"strings"
)

// texts are macros that are strings: include/linux/printk.h, include/linux/mce.h.
var texts = map[string]string{
	"FW_BUG": "[Firmware Bug]: ", "FW_WARN": "[Firmware Warn]: ", "FW_INFO": "[Firmware Info]: ",
	"HW_ERR": "[Hardware Error]: ", "DEPRECATED": "[Deprecated]: ",
}

// quietLevels are those that do not complain, and KERN_CONT, which goes on with
// a line.
var quietLevels = []string{"KERN_NOTICE", "KERN_INFO", "KERN_DEBUG", "KERN_CONT"}

// moduleName is KBUILD_MODNAME of a file that is an object of its own
// (scripts/Makefile.lib, name-fix-token).
func moduleName(file string) string {
	base := strings.TrimSuffix(path.Base(file), path.Ext(file))
	return strings.ReplaceAll(base, "-", "_")
}

// formatOf joins the strings of an argument. prefix is what pr_fmt is in this
// file.
func formatOf(arg []token, prefix, file string) string {
	var b strings.Builder
	for _, t := range arg {
		switch {
		case t.kind == quoted:
			b.WriteString(t.text)
		case t.text == "KBUILD_MODNAME":
			b.WriteString(moduleName(file))
		case t.text == "pr_fmt":
			b.WriteString(prefix)
		default:
			b.WriteString(texts[t.text])
		}
	}
	return b.String()
}

// conversion is one of printk's: Documentation/core-api/printk-formats.rst.
var conversion = regexp.MustCompile(`%([-+ #0]*)(\*|\d+)?(?:\.(?:\*|\d+)?)?(?:hh|h|ll|l|z|t|L|q|Z)?([a-zA-Z%])`)

// pointers are what %p prints with the letters that follow it; the first that
// fits counts.
var pointers = []struct{ letters, value string }{
	{"[SsB][bR]*", "func+0x10/0x20"},
	{"[rR]", "[mem 0x00000000-0x00000fff]"},
	{"a[dp]?", address}, {"[xK]", address},
	{"[iI]4|[iI]6c?|[iI]Sp?c?", "10.0.0.1"}, {"[mM]F?R?", "00:00:00:00:00:01"},
	{"U[ubUlL]?", "00000000-0000-0000-0000-000000000001"},
	{"G[pgvt]", "0x1(referenced)"},
	{"O[Ff][a-z]*|f[wW][Pf]?", "/name"}, {"g", "sda"},
	{"[dD][2-4]?|[VeEhCNFb]l?|t[TRs]?[a-z]*", "name"},
	{"", address},
}

const address = "ffff888000000001"

var pointer = func() *regexp.Regexp {
	var all []string
	for _, p := range pointers {
		all = append(all, "("+p.letters+")")
	}
	return regexp.MustCompile("^(?:" + strings.Join(all, "|") + ")")
}()

// sample returns the first line with words that a format prints, with plausible
// values: what a reader of logs, and the detector, may see.
func sample(format string) string {
	for line := range strings.Lines(format) {
		if line = strings.TrimSpace(line); hasWords(line) {
			return sampled(line)
		}
	}
	return ""
}

// hasWords says whether a line has letters of its own.
func hasWords(line string) bool {
	return strings.ContainsFunc(conversion.ReplaceAllString(line, ""), func(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' })
}

// sampled replaces the conversions of a line.
func sampled(line string) string {
	var b strings.Builder
	for {
		at := conversion.FindStringSubmatchIndex(line)
		if at == nil {
			b.WriteString(line)
			return b.String()
		}
		b.WriteString(line[:at[0]])
		letter, digits := line[at[6]:at[7]], ""
		if at[4] >= 0 && strings.Contains(line[at[2]:at[3]], "0") {
			digits = line[at[4]:at[5]]
		}
		line = line[at[1]:]
		switch letter {
		case "%":
			b.WriteByte('%')
		case "s":
			b.WriteString("name")
		case "c":
			b.WriteByte('A')
		case "x", "X":
			b.WriteString(hex(digits))
		case "p":
			match := pointer.FindStringSubmatchIndex(line)
			for i, p := range pointers {
				if match[2*i+2] >= 0 {
					b.WriteString(p.value)
					break
				}
			}
			line = line[match[1]:]
		default:
			b.WriteByte('1')
		}
	}
}

// hex returns a number in hex, with zeros in front of it where a width is asked
// for with them.
func hex(width string) string {
	n, _ := strconv.Atoi(width) // "" and "*" are no width
	return strings.Repeat("0", min(max(n-2, 0), 14)) + "1f"
}
