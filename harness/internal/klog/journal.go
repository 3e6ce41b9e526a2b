// SPDX-License-Identifier: GPL-2.0-only

package klog

import "strings"

// program takes who said something, as the journal and daemons of syslog write
// it: "host name[pid]: ", or with --no-hostname "name[pid]: ". The name of
// another program than the kernel stays with the text. Where others may have
// written what stands before it, doubt asks for more than a word and a colon.
func (h *head) program(doubt bool) bool {
	s := h.text
	end := strings.IndexByte(s[:min(len(s), 320)], ':') // a host's name has 64 bytes at most
	if end < 0 || end+1 < len(s) && s[end+1] != ' ' {
		return false
	}
	host, name, both := strings.Cut(s[:end], " ")
	if !both {
		host, name = "", host
	}
	pid := strings.HasSuffix(name, "]")
	switch {
	case name == "kernel":
		h.text = blankAfter(s[end+1:])
		return true
	case name == "", strings.Contains(name, " ") && !pid, (doubt || host == "") && !pid:
		return false
	}
	h.text = s[end-len(name):]
	h.name = min(len(name)+len(": "), len(h.text))
	h.Other = true
	return true
}

// monotonic reads "host kernel: " or "host name[pid]: " after a stamp, which is
// how journalctl -o short-monotonic shows a log. A kernel's own line looks much
// the same, so only a first line of the journal's kernel tells the host, and
// the journal is over when a line names another.
func (f *forms) monotonic(h *head) {
	host, rest, ok := strings.Cut(h.text[:min(len(h.text), 80)], " ")
	if !ok {
		host = ""
	}
	// init/main.c, start_kernel, has parse_args complain of "Booting kernel".
	if strings.HasPrefix(rest, "kernel: ") && host != "Booting" {
		f.host = host
	}
	if host == "" || host != f.host {
		f.host = ""
		return
	}
	h.program(false)
}
