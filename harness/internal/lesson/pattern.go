// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"kmodlab/internal/fault"
)

// hole is a part of an expected line that is chance: a regular expression in
// double braces, as LLVM's FileCheck writes it. "input{{[01]}}" is input0 or input1.
var hole = regexp.MustCompile(`\{\{(.+?)\}\}`)

// pattern returns the regular expression of a whole expected line; nil for a line
// without a hole. The error is that of [regexp.Compile].
func pattern(line string) (*regexp.Regexp, error) {
	holes := hole.FindAllStringSubmatchIndex(line, -1)
	if holes == nil {
		return nil, nil
	}
	var re strings.Builder
	end := 0
	for _, h := range holes {
		re.WriteString(regexp.QuoteMeta(line[end:h[0]]) + "(?:" + line[h[2]:h[3]] + ")")
		end = h[1]
	}
	return regexp.Compile("^(?:" + re.String() + regexp.QuoteMeta(line[end:]) + ")$")
}

// paired returns which line of got stands for which line of want that has a hole: of
// those behind the one before, the first that matches, and the one in the same place
// if that does.
func paired(want, got []string) (map[int]int, error) {
	pairs := map[int]int{}
	next := 0
	for i, line := range want {
		re, err := pattern(line)
		if err != nil {
			return nil, err
		}
		if re == nil {
			continue
		}
		for j := next; j < len(got); j++ {
			if re.MatchString(got[j]) && (j >= i || i >= len(got) || !re.MatchString(got[i])) {
				pairs[i], next = j, j+1
				break
			}
		}
	}
	return pairs, nil
}

// filled returns the expected log with what was printed in its holes. A line whose
// pattern nothing matched stays as it is, and so differs from all that was printed.
func filled(want, got string) (string, error) {
	wanted, printed := strings.Split(want, "\n"), strings.Split(got, "\n")
	pairs, err := paired(wanted, printed)
	for i, j := range pairs {
		wanted[i] = printed[j]
	}
	return strings.Join(wanted, "\n"), err
}

// holed returns the printed log with the holes of the one that was expected before:
// what was chance then is chance still.
func holed(before, got string) (string, error) {
	wanted, printed := strings.Split(before, "\n"), strings.Split(got, "\n")
	pairs, err := paired(wanted, printed)
	for i, j := range pairs {
		printed[j] = wanted[i]
	}
	return strings.Join(printed, "\n"), err
}

// checkHoles refuses a section of the script at path whose hole is no regular
// expression: a [fault.Error] with file and line.
func checkHoles(path string, script *txtar.Archive) error {
	at := bytes.Count(script.Comment, []byte("\n"))
	for _, section := range script.Files {
		at++ // the line with its name
		for i, line := range strings.Split(string(section.Data), "\n") {
			if _, err := pattern(line); err != nil {
				return &fault.Error{Owner: fault.Module, What: fmt.Sprintf("what is in double braces is no regular expression: %v", err), Where: fmt.Sprintf("%s:%d", path, at+i+1),
					Hint: "write it as https://pkg.go.dev/regexp/syntax says"}
			}
		}
		at += bytes.Count(section.Data, []byte("\n"))
	}
	return nil
}
