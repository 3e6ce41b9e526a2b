// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kmodlab/vmimages"
)

// entry is a package of an index.
type entry struct {
	vmimages.Package
	depends []string // names of the packages it depends on; of alternatives the first
}

// parseIndex reads a Packages file (deb-control(5): fields "Name: value",
// paragraphs with empty lines between) and returns the packages whose names
// keep accepts.
func parseIndex(r io.Reader, keep func(name string) bool) ([]entry, error) {
	var all []entry
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	fields := map[string]string{}
	for more := true; more; {
		more = sc.Scan()
		line := sc.Text()
		if more && line != "" {
			if name, value, ok := strings.Cut(line, ":"); ok && line[0] != ' ' && line[0] != '\t' {
				fields[name] = strings.TrimSpace(value)
			}
			continue
		}
		if name, ok := fields["Package"]; ok && keep(name) {
			e, err := newEntry(fields)
			if err != nil {
				return nil, err
			}
			all = append(all, e)
		}
		clear(fields)
	}
	return all, sc.Err()
}

func newEntry(fields map[string]string) (entry, error) {
	size, err := strconv.ParseInt(fields["Size"], 10, 64)
	if err != nil {
		return entry{}, fmt.Errorf("package %s: size: %w", fields["Package"], err)
	}
	e := entry{Package: vmimages.Package{
		Name: fields["Package"], Arch: fields["Architecture"], Version: fields["Version"], Size: size, SHA256: fields["SHA256"],
	}}
	text, err := e.MarshalText()
	if err == nil {
		err = new(vmimages.Package).UnmarshalText(text) // whatever the lock could not hold
	}
	for dep := range strings.SplitSeq(fields["Depends"], ",") {
		if words := strings.Fields(dep); len(words) > 0 {
			e.depends = append(e.depends, words[0])
		}
	}
	return e, err
}
