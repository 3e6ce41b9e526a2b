// SPDX-License-Identifier: GPL-2.0-only

package klog

import "strings"

// program reads who said something, as the journal and daemons of syslog write
// it: "host name[pid]: ", or with --no-hostname "name[pid]: ". Where others may
// have written the date, too, sure asks for more than a word and a colon.
func program(s string, sure bool) (name, text string, ok bool) {
	end := strings.Index(s[:min(len(s), 320)], ":") // a name of a host has 64 bytes at most, one of a task 15
	if end < 0 {
		return "", s, false
	}
	host, name, both := strings.Cut(s[:end], " ")
	if !both {
		host, name = "", host
	}
	if name == "" || strings.Contains(name, " ") && !strings.HasSuffix(name, "]") {
		return "", s, false
	}
	if end+1 < len(s) && s[end+1] != ' ' {
		return "", s, false
	}
	if bare := strings.IndexByte(name, '['); name != "kernel" && bare <= 0 && (sure || host == "") {
		return "", s, false
	}
	return name, blankAfter(s[end+1:]), true
}

// monotonic reads "host kernel: " or "host name[pid]: " after a stamp, which is
// how journalctl -o short-monotonic shows a log. A kernel's own line looks much
// the same, so only a first line of the journal's kernel tells the host, and
// the journal is over when a line names another.
func (f *forms) monotonic(s string, l *Line) string {
	host, rest, ok := strings.Cut(s[:min(len(s), 80)], " ")
	if !ok || host == "" {
		f.host = ""
		return s
	}
	// init/main.c, start_kernel, has parse_args complain of "Booting kernel".
	if strings.HasPrefix(rest, "kernel: ") && host != "Booting" {
		f.host = host
	}
	if host != f.host {
		f.host = ""
		return s
	}
	name, text, ok := program(s, false)
	switch {
	case !ok:
		return s
	case name != "kernel":
		l.Other = true
		return s[len(host)+1:]
	}
	return text
}
