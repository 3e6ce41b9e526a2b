// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"fmt"
	"path/filepath"
	"strings"

	"kmodlab/harness/fault"
)

// Part is the results of one machine among several that shared the work.
type Part struct {
	Dir     string // the output folder they come from
	Records []Record
}

// Merge joins parts. Two parts with the same cell are a [fault.Error] of usage
// that names both: the work was divided in two ways, and nobody knows which
// result counts.
func Merge(parts []Part) ([]Record, error) {
	from := map[string]string{}
	var all []Record
	for _, p := range parts {
		for _, r := range p.Records {
			if other, ok := from[r.ID()]; ok {
				return nil, &fault.Error{Party: fault.Usage, What: fmt.Sprintf("%s is in two parts", r.ID()), Where: other + " and " + p.Dir,
					Fix: "divide the same plan in the same number of parts, with -shard=i/n"}
			}
			from[r.ID()] = p.Dir
			all = append(all, r)
		}
	}
	return all, nil
}

// Missing returns the names of those cells that records do not have.
func Missing(records []Record, cells []string) []string {
	have := map[string]bool{}
	for _, r := range records {
		have[r.ID()] = true
	}
	var missing []string
	for _, id := range cells {
		if !have[id] {
			missing = append(missing, id)
		}
	}
	return missing
}

// ReadParts reads the results files of the folders dirs. A folder without one
// is a [fault.Error] of usage.
func ReadParts(dirs []string, name string) ([]Part, error) {
	var parts []Part
	var without []string
	for _, dir := range dirs {
		records, err := Read(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if records == nil {
			without = append(without, dir)
		}
		parts = append(parts, Part{dir, records})
	}
	if len(without) > 0 {
		return nil, &fault.Error{Party: fault.Usage, What: "no results to merge", Where: strings.Join(without, ", "), Fix: "name the folders that hold " + name}
	}
	return parts, nil
}
