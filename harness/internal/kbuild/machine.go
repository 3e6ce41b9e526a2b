// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"errors"
	"os/exec"
	"regexp"
	"strings"

	"kmodlab/internal/fault"
)

// troubles is what programs of a build say when the machine fails them: the
// words of errno(3), and of compilers and make that were killed or ran out of
// memory. They count at the end of a line or before a remark, for a source may
// quote them, and only when make failed.
var troubles = regexp.MustCompile(`(?mi)^.*(?:(?:no space left on device|disk quota exceeded|cannot allocate memory|input/output error|too many open files(?: in system)?|read-only file system|stale file handle|resource temporarily unavailable|text file busy|structure needs cleaning)['")]*\.?|virtual memory exhausted.*|out of memory.*|killed signal terminated program \S+|\*\*\* \[.*\] (?:killed|terminated|hangup|segmentation fault|bus error|aborted|error 1(?:29|3[4-9]|43)\b).*|internal compiler error: (?:killed|segmentation fault|bus error|aborted).*)$`)

// failedByMachine returns the error of a build that the machine is to blame
// for: nobody knows then what the sources would have come to. It is nil when
// there is no sign of that.
func failedByMachine(output string, err error) error {
	if err == nil {
		return nil
	}
	said := troubles.FindString(output)
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() < 0 {
		said = "make was killed: " + err.Error()
	}
	if said == "" {
		return nil
	}
	return &fault.Error{Owner: fault.Host, What: "the build failed for a reason that is not in the sources", Where: strings.TrimSpace(said), Err: err,
		Hint: "see whether disk and memory suffice, and run again"}
}

// Certain tells whether the same sources will fail to build again: whether all
// that is known of it is the compiler's word on a line of theirs, or modpost's on
// an object. What fails otherwise may have failed for this once.
func (e *Error) Certain() bool {
	for _, m := range e.Messages {
		missing := strings.HasPrefix(m.Text, "fatal error: ") && strings.HasSuffix(m.Text, ": No such file or directory")
		compiled := m.Line > 0 && (strings.HasPrefix(m.Text, "error: ") || missing)
		linked := m.Line == 0 && (modpostVerdict.MatchString(m.Text) || strings.HasPrefix(m.Text, "error: objtool: "))
		if !compiled && !linked {
			return false
		}
	}
	return len(e.Messages) > 0
}
