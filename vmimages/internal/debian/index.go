// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"kmodlab/vmimages/internal/catalogue"
)

// entry is a package of an index.
type entry struct {
	catalogue.Package
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
	wanted := true // whether the paragraph may be one to keep
	for more := true; more; {
		more = sc.Scan()
		line := sc.Bytes()
		if len(line) > 0 {
			name, value, ok := bytes.Cut(line, []byte(":"))
			if !wanted || !ok || line[0] == ' ' || line[0] == '\t' {
				continue
			}
			value = bytes.TrimSpace(value)
			fields[string(name)] = string(value)
			wanted = string(name) != "Package" || keep(string(value)) // the first field, as a rule
			continue
		}
		if name, ok := fields["Package"]; ok && wanted {
			e, err := newEntry(fields)
			if err != nil {
				return nil, fmt.Errorf("package %s: %w", name, err)
			}
			all = append(all, e)
		}
		clear(fields)
		wanted = true
	}
	return all, sc.Err()
}

func newEntry(fields map[string]string) (entry, error) {
	size, err := strconv.ParseInt(fields["Size"], 10, 64)
	if err != nil {
		return entry{}, fmt.Errorf("size: %w", err)
	}
	e := entry{Package: catalogue.Package{
		Name: fields["Package"], Arch: fields["Architecture"], Version: fields["Version"], Size: size, SHA256: fields["SHA256"],
	}}
	text, err := e.MarshalText()
	if err == nil {
		err = new(catalogue.Package).UnmarshalText(text) // whatever the lock could not hold
	}
	for dep := range strings.SplitSeq(fields["Depends"], ",") {
		if words := strings.Fields(dep); len(words) > 0 {
			name, _, _ := strings.Cut(words[0], ":") // "perl:any"
			e.depends = append(e.depends, name)
		}
	}
	return e, err
}
