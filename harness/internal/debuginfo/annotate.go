// SPDX-License-Identifier: GPL-2.0-only

package debuginfo

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Source finds lines of modules' sources.
type Source struct {
	// Path returns the .ko file with debug information of a module, "" for one
	// that is not known.
	Path func(module string) string
	// Show returns the name that people know a file of the sources by, and the
	// text of a line of it; "" for a text that cannot be had.
	Show func(file string, line int) (name, text string)
}

// place is a function, an offset and a module as the kernel prints them
// (lib/vsprintf.c, "%pS"): "notify_init+0x12/0x34 [notify]".
var place = regexp.MustCompile(`([A-Za-z_][\w.$]*)\+0x([0-9a-f]+)/0x[0-9a-f]+ \[([\w-]+)(?: [0-9a-f]+)?\]`)

// frame is what stands before the place in a frame of a trace: nothing, or in
// /proc/PID/stack an address that is not shown.
var frame = regexp.MustCompile(`^(?: |\? |\[<[0-9a-f]+>\])*$`)

// Annotate returns lines with the place in the source put below each that
// names a place in a module: "  kmod/x/x.c:12: call(NULL);". A line whose
// place is not known stays as it is.
//
// What a frame of a trace tells is where a call returns to, so it is the byte
// before that belongs to the call. Lines that tell where it happened ("RIP:",
// "WARNING: ... at") do not begin with the place, and mean it exactly.
func (s Source) Annotate(lines []string) []string {
	modules := map[string]*module{}
	var annotated []string
	for _, line := range lines {
		annotated = append(annotated, line)
		m := place.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		offset, err := strconv.ParseUint(m[2], 16, 64)
		if err != nil {
			continue
		}
		if _, known := modules[m[3]]; !known {
			modules[m[3]] = s.open(m[3])
		}
		if before, _, _ := strings.Cut(line, m[0]); frame.MatchString(before) && offset > 0 {
			offset--
		}
		if note := s.note(modules[m[3]], m[1], offset); note != "" {
			annotated = append(annotated, "  "+note)
		}
	}
	return annotated
}

// open reads a module; one that cannot be read has no lines.
func (s Source) open(name string) *module {
	path := s.Path(name)
	if path == "" {
		return nil
	}
	m, err := read(path)
	if err != nil {
		return nil // a trace without lines is better than no trace
	}
	return m
}

func (s Source) note(m *module, function string, offset uint64) string {
	if m == nil {
		return ""
	}
	file, line, ok := m.find(function, offset)
	if !ok {
		return ""
	}
	name, text := s.Show(file, line)
	note := fmt.Sprintf("%s:%d", name, line)
	if text = strings.TrimSpace(text); text != "" {
		note += ": " + text
	}
	return note
}
