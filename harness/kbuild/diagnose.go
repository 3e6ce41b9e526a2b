// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"kmodlab/harness/fault"
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
	modpostMessage  = regexp.MustCompile(`(?m)^(?:ERROR|WARNING): (?:modpost: )?(.*\[(.*)\] undefined!)$`)
	// lies are warnings of a make that ends with 0 although it did not build
	// what it should: a missing file of symbols or of source.
	lies = regexp.MustCompile(`(?m)^.*(?:Symbol version dump "?.*"? is missing|No such file or directory|No rule to make target).*$`)
)

// diagnose decides from make's output and exit whether the build is good, and
// translates the staging folder's paths to those of the sources.
func diagnose(output string, err error, stage, src string) error {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		if errors.Is(err, exec.ErrNotFound) {
			return &fault.Error{Party: fault.Host, What: "make is not installed", Err: err, Fix: "apt-get install make"}
		}
		return err // cancelled, or make could not be run
	}
	output = strings.ReplaceAll(output, stage, src)
	e := &Error{Source: src, Output: output, Err: err}
	for _, m := range compilerMessage.FindAllStringSubmatch(output, -1) {
		e.Messages = append(e.Messages, Message{File: sourcePath(m[1], src), Line: atoi(m[2]), Text: m[3]})
	}
	for _, m := range modpostMessage.FindAllStringSubmatch(output, -1) {
		e.Messages = append(e.Messages, Message{File: sourcePath(m[2], src), Text: m[1]})
	}
	if err == nil && len(e.Messages) == 0 {
		lie := lies.FindString(output)
		if lie == "" {
			return nil
		}
		e.Messages = []Message{{File: src, Text: "make ended well, but said: " + strings.TrimSpace(lie)}}
	}
	return e
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
