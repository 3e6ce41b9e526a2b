// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"fmt"
	"io/fs"
	"strings"
)

// How much of the logs the page holds, in bytes.
const (
	headOfLog = 8 << 10
	tailOfLog = 40 << 10
	allLogs   = 4 << 20
)

// shelf reads the logs that go onto the page, as long as there is room.
type shelf struct {
	logs      fs.FS
	used      int
	shortened int
	refused   int
}

func newShelf(logs fs.FS) *shelf { return &shelf{logs: logs} }

// read returns the log at path, or a note on what is missing of it.
func (s *shelf) read(path string) (text, note string) {
	if path == "" {
		return "", ""
	}
	if s.used >= allLogs {
		s.refused++
		return "", "left out, for the page has enough of them; it is in " + path
	}
	content, err := fs.ReadFile(s.logs, path)
	if err != nil {
		return "", fmt.Sprintf("not there any more: %v", err)
	}
	text = strings.ToValidUTF8(string(content), "?")
	if len(text) > headOfLog+tailOfLog {
		s.shortened++
		head := text[:strings.LastIndexByte(text[:headOfLog], '\n')+1]
		tail := text[len(text)-tailOfLog:]
		if _, rest, ok := strings.Cut(tail, "\n"); ok {
			tail = rest
		}
		left := len(text) - len(head) - len(tail)
		note = fmt.Sprintf("%d bytes in the middle are left out; the whole log is in %s", left, path)
		text = fmt.Sprintf("%s\n[... %d bytes are left out here ...]\n\n%s", head, left, strings.ToValidUTF8(tail, "?"))
	}
	s.used += len(text)
	return text, note
}

// clip shortens a difference that nobody reads to its end.
func clip(diff string) string {
	if len(diff) <= tailOfLog {
		return diff
	}
	head := diff[:strings.LastIndexByte(diff[:tailOfLog], '\n')+1]
	return fmt.Sprintf("%s... %d bytes more, in the results file\n", head, len(diff)-len(head))
}

// leftOut says in sentences what of the logs is not on the page.
func (s *shelf) leftOut(passed int) []string {
	var all []string
	if passed > 0 {
		all = append(all, fmt.Sprintf("The kernel logs of the %d cases that did not fail are not on this page; they lie beside it, in logs.", passed))
	}
	if s.shortened > 0 {
		all = append(all, fmt.Sprintf("%d long logs are shortened in their middle.", s.shortened))
	}
	if s.refused > 0 {
		all = append(all, fmt.Sprintf("%d logs are left out, for there are too many.", s.refused))
	}
	return all
}
