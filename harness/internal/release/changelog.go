// SPDX-License-Identifier: GPL-2.0-only

// Package release makes a version of the project out of a commit: what the
// changelog has to say, and what has to be in order.
package release

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"kmodlab/internal/fault"
)

// changelogFile is the name of the file that tells what changed, in the form of Keep
// a Changelog.
const changelogFile = "CHANGELOG.md"

// unreleased heads what no version has yet.
const unreleased = "Unreleased"

// section is what changed in a version.
type section struct {
	Version string // "1.2.3"; "" for what is unreleased
	Date    string // "2026-11-28"; "" likewise
	Text    string // what stands below its heading
	Line    int    // of the heading
}

var heading = regexp.MustCompile(`^## \[([^\]]+)\](?: - (\S+))?$`)

// parse returns the entries of a changelog, the newest first, as they have to be.
// Errors name the line.
func parse(text string) ([]section, error) {
	var all []section
	n := 0
	for line := range strings.Lines(text) {
		n++
		if !strings.HasPrefix(line, "## ") {
			if len(all) > 0 {
				all[len(all)-1].Text += line
			}
			continue
		}
		e, err := entry(strings.TrimSpace(line))
		if err == nil && len(all) > 0 {
			err = follows(e, all[len(all)-1])
		}
		if err != nil {
			return nil, wrong(n, err)
		}
		e.Line = n
		all = append(all, e)
	}
	for i := range all {
		all[i].Text = strings.TrimSpace(all[i].Text)
	}
	return all, nil
}

func entry(line string) (section, error) {
	m := heading.FindStringSubmatch(line)
	switch {
	case m == nil:
		return section{}, fmt.Errorf("a heading is not [VERSION] - DATE: %q", line)
	case m[1] == unreleased && m[2] == "":
		return section{}, nil
	}
	if err := valid(m[1]); err != nil {
		return section{}, err
	}
	if _, err := time.Parse(time.DateOnly, m[2]); err != nil {
		return section{}, fmt.Errorf("version %s has no date such as 2026-11-28: %q", m[1], m[2])
	}
	return section{Version: m[1], Date: m[2]}, nil
}

// follows returns why an entry cannot stand below another one.
func follows(e, above section) error {
	switch {
	case e.Version == "":
		return fmt.Errorf("[%s] is not the first entry", unreleased)
	case above.Version != "" && semver.Compare("v"+e.Version, "v"+above.Version) >= 0:
		return fmt.Errorf("version %s stands below %s; the newest is first", e.Version, above.Version)
	}
	return nil
}

// valid returns why a word is no semantic version: three numbers, and perhaps
// what is before a release. What comes after a plus makes no other version.
func valid(version string) error {
	if v := "v" + version; semver.Canonical(v) != v {
		return fmt.Errorf("%q is no semantic version, such as 1.2.3 or 1.2.3-rc.1", version)
	}
	return nil
}

func wrong(line int, err error) error {
	return &fault.Error{Owner: fault.Usage, What: "the changelog is not in order", Where: fmt.Sprintf("%s:%d", changelogFile, line), Err: err, Hint: "docs/release.md says what it has to look like"}
}
