// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"kmodlab/harness/internal/verdict"
)

// The elements of the JUnit format, as far as CI systems agree on it: the
// schema that Jenkins publishes for its xUnit plugin.
type (
	junitSuites struct {
		XMLName xml.Name `xml:"testsuites"`
		Name    string   `xml:"name,attr"`
		junitCounts
		Suites []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name string `xml:"name,attr"`
		junitCounts
		Skipped    int             `xml:"skipped,attr"`
		Timestamp  string          `xml:"timestamp,attr,omitempty"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitCounts struct {
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Errors   int    `xml:"errors,attr"`
		Time     string `xml:"time,attr"` // seconds
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Time    string        `xml:"time,attr"`
		Skipped *junitMessage `xml:"skipped"`
		Error   *junitMessage `xml:"error"`
		Failure *junitMessage `xml:"failure"`
		Out     string        `xml:"system-out,omitempty"` // the findings
	}
	junitMessage struct {
		Type    string `xml:"type,attr,omitempty"`
		Message string `xml:"message,attr"`
		Body    string `xml:",cdata"`
	}
)

// JUnit writes a judgement as JUnit XML, one testsuite a kernel. A case of which
// the module is guilty is a failure, any other that did not pass an error; the
// type is the verdict. A stale ledger is a testsuite of its own.
func JUnit(w io.Writer, j verdict.Judgement) error {
	g := NewGrid(j.Records)
	all := junitSuites{Name: "kmodlab"}
	var total float64
	for i, kernel := range g.Kernels {
		suite, seconds := junitKernel(kernel, g.column(i))
		all.Suites = append(all.Suites, suite)
		all.Tests += suite.Tests
		all.Failures += suite.Failures
		all.Errors += suite.Errors
		total += seconds
	}
	if j.Ledger != "" {
		all.Suites = append(all.Suites, junitLedger(j.Ledger, g.Kernels))
		all.Tests++
		all.Failures++
	}
	all.Time = junitTime(total)
	text, err := xml.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	return err
}

func junitKernel(k Kernel, lessons [][]*verdict.Record) (junitSuite, float64) {
	suite := junitSuite{Name: k.Label}
	for _, p := range []junitProperty{{"kernel", k.Release}, {"series", k.Series}, {"arch", k.Arch}, {"flavour", k.Flavour}, {"kernel_args", k.Args}} {
		if p.Value != "" {
			suite.Properties = append(suite.Properties, p)
		}
	}
	var total float64
	for _, cases := range lessons {
		for _, r := range cases {
			// The schema wants a time without a zone.
			if started, _, _ := strings.Cut(r.Started, "."); suite.Timestamp == "" || started != "" && started < suite.Timestamp {
				suite.Timestamp = started
			}
			suite.add(r)
			total += r.Seconds
		}
	}
	suite.Time = junitTime(total)
	return suite, total
}

// junitLedger is the suite of a ledger of which text says what is wrong. The
// schema wants a property of each suite.
func junitLedger(text string, kernels []Kernel) junitSuite {
	var names []string
	for _, k := range kernels {
		names = append(names, k.Name)
	}
	none := junitTime(0)
	return junitSuite{Name: ledger, junitCounts: junitCounts{Tests: 1, Failures: 1, Time: none}, Properties: []junitProperty{{"kernels", strings.Join(names, ", ")}},
		Cases: []junitCase{{Class: ledger, Name: ledger, Time: none, Failure: &junitMessage{Message: printable(firstLine(text)), Body: printable(text)}}}}
}

func (s *junitSuite) add(r *verdict.Record) {
	c := junitCase{Class: r.Lesson, Name: r.Case, Time: junitTime(r.Seconds)}
	first := printable(headline(*r))
	m := &junitMessage{string(r.Verdict), first, ""}
	s.Tests++
	switch {
	case r.Verdict == verdict.Pass:
		c.Out = printable(strings.Join(r.Findings, "\n"))
	case r.Verdict == verdict.Unsupported:
		c.Skipped = &junitMessage{Message: first}
		s.Skipped++
	case r.Verdict == verdict.Build || r.Verdict == verdict.Infra:
		c.Error = m
		s.Errors++
	default:
		c.Failure = m
		s.Failures++
	}
	if Failed(*r) {
		m.Body = fmt.Sprintf("fault of the %s\n%s", r.Owner, accountOf(*r))
	}
	s.Cases = append(s.Cases, c)
}

func junitTime(seconds float64) string { return fmt.Sprintf("%.3f", seconds) }
