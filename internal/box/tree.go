// SPDX-License-Identifier: GPL-2.0-only

package box

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// member is a process of a command.
type member struct {
	pid, parent int
	state       string // "R", "S", "D": see proc_pid_stat(5)
	ticks       int64  // CPU time of it and of the children that it waited for, in 1/100 s
}

// tree returns the process first and all below it.
func tree(first int) []member {
	files, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	below := map[int][]member{}
	var found []member
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		m, ok := parseStat(text)
		if ok && m.pid == first {
			found = append(found, m)
		} else if ok {
			below[m.parent] = append(below[m.parent], m)
		}
	}
	for i := 0; i < len(found); i++ {
		found = append(found, below[found[i].pid]...)
	}
	return found
}

// parseStat reads a stat file of /proc. The second field, the name, may hold
// whatever a program likes.
func parseStat(text []byte) (member, bool) {
	open, end := bytes.IndexByte(text, '('), bytes.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return member{}, false
	}
	fields := strings.Fields(string(text[end+1:]))
	if len(fields) < 15 {
		return member{}, false
	}
	number := func(s string) int64 {
		n, _ := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		return n
	}
	m := member{pid: int(number(string(text[:open]))), state: fields[0], parent: int(number(fields[1]))}
	for _, field := range fields[11:15] { // utime, stime, cutime, cstime
		m.ticks += number(field)
	}
	return m, true
}

// running says whether a process of the tree runs, wants to, or waits for a
// disk.
func running(tree []member) bool {
	return slices.ContainsFunc(tree, func(m member) bool { return m.state == "R" || m.state == "D" })
}

// ticks returns the CPU time of a tree.
func ticks(tree []member) int64 {
	var sum int64
	for _, m := range tree {
		sum += m.ticks
	}
	return sum
}
