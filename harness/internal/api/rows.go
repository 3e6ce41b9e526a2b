// SPDX-License-Identifier: GPL-2.0-only

package api

import (
	"path/filepath"
	"slices"
)

// Row tells of one name what each kernel has of it, in a word or two.
type Row struct {
	Name  string
	Cells []string
}

// Rows returns a row for each of names, symbols or headers, with a cell for each
// kernel. What a kernel lacks is gone where an older one has it, not yet there
// where only a newer one has, and none where nobody has.
func (h History) Rows(names ...string) ([]Row, error) {
	cells := map[string][]string{}
	for _, k := range h {
		offers, err := k.Ask(names...)
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			cell := offers[name].String()
			if IsHeader(name) {
				has, err := k.HasHeader(name)
				if err != nil {
					return nil, err
				}
				if cell = None.String(); has {
					cell = "there"
				}
			}
			cells[name] = append(cells[name], cell)
		}
	}
	var rows []Row
	for _, name := range names {
		rows = append(rows, Row{name, h.since(cells[name])})
	}
	return rows, nil
}

// IsHeader says whether name is that of a header and not of a symbol.
func IsHeader(name string) bool { return filepath.Ext(name) == ".h" }

// since says of each kernel that has nothing whether another has.
func (h History) since(cells []string) []string {
	has := func(of Kernel, direction int) bool {
		return slices.ContainsFunc(h, func(k Kernel) bool {
			i := slices.Index(h, k)
			return compare(k, of)*direction > 0 && cells[i] != None.String()
		})
	}
	all := slices.Clone(cells)
	for i, k := range h {
		switch {
		case cells[i] != None.String():
		case has(k, -1):
			all[i] = "gone"
		case has(k, 1):
			all[i] = "not yet"
		}
	}
	return all
}
