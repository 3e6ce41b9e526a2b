// SPDX-License-Identifier: GPL-2.0-only

package suite

import (
	"regexp"
	"slices"
	"strings"
)

// Outcome is how a test or a package ended, in the words of go test.
type Outcome string

// The outcomes. What neither passed nor was skipped has failed: a test that was
// under way when its package ended has no outcome of its own.
const (
	Passed  Outcome = "pass"
	Failed  Outcome = "fail"
	Skipped Outcome = "skip" // of a package: it has no tests
)

// Test is what became of a test or subtest.
type Test struct {
	Package string // without the module: "harness/internal/vm"
	Name    string // "TestBoot", "TestBootFails/no_init"
	Outcome Outcome
	Output  string // all that it printed, go test's own lines among it
}

// ID names the test: "harness/internal/vm TestBoot".
func (t *Test) ID() string { return t.Package + " " + t.Name }

// Package is what became of a package's tests.
type Package struct {
	Name    string
	Outcome Outcome
	Output  string // what no test printed, the compiler's words among it
	Tests   []*Test
}

// Result is what became of all tests.
type Result struct {
	Packages []*Package
}

// tests returns the tests that ended in one of the ways, in their order.
func (r *Result) tests(ended func(Outcome) bool) []*Test {
	var found []*Test
	for _, p := range r.Packages {
		for _, t := range p.Tests {
			if ended(t.Outcome) {
				found = append(found, t)
			}
		}
	}
	return found
}

// Passed returns the tests that passed.
func (r *Result) Passed() []*Test {
	return r.tests(func(o Outcome) bool { return o == Passed })
}

// Skipped returns the tests that were skipped.
func (r *Result) Skipped() []*Test {
	return r.tests(func(o Outcome) bool { return o == Skipped })
}

// Failed returns the tests that failed or did not end.
func (r *Result) Failed() []*Test {
	return r.tests(Outcome.failed)
}

func (o Outcome) failed() bool { return o != Passed && o != Skipped }

// Broken returns the packages that failed, be it because of a test or because
// they do not compile.
func (r *Result) Broken() []*Package {
	return slices.DeleteFunc(slices.Clone(r.Packages), func(p *Package) bool { return !p.Outcome.failed() })
}

// Hollow returns the packages that have tests and none that ran.
func (r *Result) Hollow() []string {
	var names []string
	for _, p := range r.Packages {
		if len(p.Tests) > 0 && !slices.ContainsFunc(p.Tests, func(t *Test) bool { return t.Outcome != Skipped }) {
			names = append(names, p.Name)
		}
	}
	return names
}

// Text returns what a package that failed has to say: the output of its tests
// that failed, and its own, without the lines that only say where one is.
func (p *Package) Text() string {
	var b strings.Builder
	for _, t := range p.Tests {
		if t.Outcome.failed() {
			b.WriteString(t.Output)
		}
	}
	b.WriteString(p.Output)
	return frames.ReplaceAllString(b.String(), "")
}

var (
	// frames are lines such as "=== RUN   TestBoot".
	frames = regexp.MustCompile(`(?m)^=== .*\n`)
	// place is where a test says something: "    guest_test.go:34: ".
	place = regexp.MustCompile(`^ +[\w-]+\.go:\d+: `)
)

// Reason says why the test was skipped: the last message that it printed,
// without the place in its source.
func (t *Test) Reason() string {
	var message []string
	for line := range strings.Lines(frames.ReplaceAllString(t.Output, "")) {
		text := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(text, "--- SKIP: "):
		case place.MatchString(line): // a message begins; its further lines are indented
			message = []string{strings.TrimSpace(place.ReplaceAllString(line, ""))}
		case len(message) > 0:
			message = append(message, text)
		}
	}
	return strings.TrimSpace(strings.Join(message, "\n"))
}
