// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// Error is a build that the sources are to blame for.
type Error struct {
	Source   string    // the folder that was built
	Messages []Message // what the compiler and modpost said, in their order; may be empty
	Output   string    // everything make printed, with the paths of the sources
	Err      error     // how make ended; nil when it claimed success
}

// Message is one message of the compiler or of modpost.
type Message struct {
	File string // path of the source file; the module for a message of modpost
	Line int    // 0 for a message of modpost
	Text string // "error: 'x' undeclared (first use in this function)"
}

// Error returns the messages, one a line, or the end of make's output when
// there are none.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("build: the modules do not build")
	if len(e.Messages) == 0 {
		lines := strings.Split(strings.TrimSpace(e.Output), "\n")
		for _, line := range lines[max(0, len(lines)-15):] {
			b.WriteString("\n  " + line)
		}
		return b.String()
	}
	for _, m := range e.Messages {
		b.WriteString("\n  " + m.String())
	}
	return b.String()
}

// String returns the message as a compiler prints it.
func (m Message) String() string {
	if m.Line == 0 {
		return m.File + ": " + m.Text
	}
	return fmt.Sprintf("%s:%d: %s", m.File, m.Line, m.Text)
}

// Unwrap returns how make ended.
func (e *Error) Unwrap() error { return e.Err }

var (
	compilerMessage = regexp.MustCompile(`(?m)^([^\s:][^:\n]*):(\d+):(?:\d+:)? ((?:fatal )?error: .*)$`)
	// objtoolMessage is of an object whose code the kernel's rules forbid
	// (tools/objtool).
	objtoolMessage = regexp.MustCompile(`(?m)^([^\s:]+\.o): (error: objtool: .*)$`)
	// complaint is an error that a Makefile raises itself, or that the parser
	// of Makefiles does.
	complaint = regexp.MustCompile(`(?m)^([^\s:][^:\n]*):(\d+): \*\*\* (.*?)\.?\s*Stop\.$`)
	// driverMessage is a compiler's that points at no source: it does not know
	// an option, most of the time.
	driverMessage = regexp.MustCompile(`(?m)^((?:[\w.-]+-)?(?:cc1|gcc|clang|as|ld)(?:-\d+)?): ((?:fatal )?error: .*)$`)
	// lies are warnings of a make that ends with 0 although it did not build
	// what it should: a missing file of symbols or of source.
	lies = regexp.MustCompile(`(?m)^.*(?:Symbol version dump "?.*"? is missing|No such file or directory|No rule to make target).*$`)
)

// diagnose decides from the output of a build of the folder stage and its exit
// whether the build is good. The error speaks of the sources in src, which
// stage is a copy of. It is a *[Error] when the sources are to blame.
func diagnose(output string, err error, stage, src string) error {
	e, err := Explain(output, err, stage, src)
	if err != nil {
		return err
	}
	if e.Err == nil && len(e.Messages) == 0 {
		lie := lies.FindString(e.Output)
		if lie == "" {
			return nil
		}
		e.Messages = []Message{{File: src, Text: "make ended well, but said: " + strings.TrimSpace(lie)}}
	}
	return e
}

// Explain finds in the output of a build what went wrong, if anything did. The
// error is that of a build which could not be run.
func Explain(output string, err error, stage, src string) (*Error, error) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		if errors.Is(err, exec.ErrNotFound) {
			return nil, &fault.Error{Owner: fault.Host, What: "make is not installed", Err: err, Hint: "apt-get install make"}
		}
		return nil, err // cancelled, or make could not be run
	}
	output = strings.ReplaceAll(output, stage, src)
	if err := failedByMachine(output, err); err != nil {
		return nil, err
	}
	e := &Error{Source: src, Output: output, Err: err}
	for _, m := range compilerMessage.FindAllStringSubmatch(output, -1) {
		e.Messages = append(e.Messages, Message{File: sourcePath(m[1], src), Line: atoi(m[2]), Text: m[3]})
	}
	for _, m := range objtoolMessage.FindAllStringSubmatch(output, -1) {
		e.Messages = append(e.Messages, Message{File: sourcePath(m[1], src), Text: m[2]})
	}
	e.Messages = append(e.Messages, modpostMessages(output, src)...)
	if err != nil && len(e.Messages) == 0 {
		e.Messages = outsideSources(output, src)
	}
	return e, nil
}

// outsideSources finds what went wrong when no line of the sources did: a
// compiler without an option that they want, a Makefile that gives up.
func outsideSources(output, src string) []Message {
	var found []Message
	for _, m := range driverMessage.FindAllStringSubmatch(output, -1) {
		if message := (Message{File: m[1], Text: m[2]}); !slices.Contains(found, message) {
			found = append(found, message)
		}
	}
	for _, m := range complaint.FindAllStringSubmatch(output, -1) {
		found = append(found, Message{File: sourcePath(m[1], src), Line: atoi(m[2]), Text: m[3]})
	}
	return found
}

// sourcePath makes the path that a compiler printed absolute. From 6.13 on,
// Kbuild compiles external modules in their own folder and prints relative
// paths (kernel commit 13b25489b6f8 "kbuild: change working directory to
// external module directory with M=").
func sourcePath(path, src string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(src, path)
}

func atoi(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}
