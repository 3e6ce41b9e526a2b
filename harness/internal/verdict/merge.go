// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// Part is the results of one machine among several that shared the work.
type Part struct {
	Dir     string // the output folder they come from
	Records []Record
}

// Merge joins the parts of a run of the project's state commit, for
// [Run.Judge]. Two parts with the same cell are a [fault.Error] of usage that
// names both: the work was divided in two ways, and nobody knows which result
// counts. So are results of several commits, that of the project here among
// them, whose scripts they are judged by.
func Merge(parts []Part, commit string) ([]Record, error) {
	if err := oneCommit(parts, commit); err != nil {
		return nil, err
	}
	from := map[string]string{}
	var all []Record
	for _, p := range parts {
		for _, r := range alone(p.Records) {
			if other, ok := from[r.ID()]; ok {
				return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("%s is in two parts", r.ID()), Where: other + " and " + p.Dir,
					Hint: "divide the same plan in the same number of parts, with -shard=i/n"}
			}
			from[r.ID()] = p.Dir
			all = append(all, r)
		}
	}
	return all, nil
}

// oneCommit fails unless all results were made from commit. One that is not
// known is none that others can be compared with.
func oneCommit(parts []Part, commit string) error {
	commits, from := []string{commit}, map[string][]string{commit: {"the project here"}}
	for _, p := range parts {
		for _, r := range p.Records {
			if r.Missing || slices.Contains(from[r.Commit], p.Dir) {
				continue
			}
			if from[r.Commit] == nil {
				commits = append(commits, r.Commit)
			}
			from[r.Commit] = append(from[r.Commit], p.Dir)
		}
	}
	if len(commits) == 1 {
		return nil
	}
	var said []string
	for _, c := range commits {
		said = append(said, strings.Join(from[c], ", ")+": "+cmp.Or(c, "unknown"))
	}
	return &fault.Error{Owner: fault.Usage, What: "the results were made from different states of the project", Where: strings.Join(said, "; "),
		Hint: "run every part, and merge, in the same commit; behind \"dirty\" stands a hash of what was changed"}
}

// ReadParts reads the results files of the folders dirs, and returns the names
// of those that have none: their part was interrupted, or never ran. When none
// has any, that is a [fault.Error] of usage.
func ReadParts(dirs []string, name string) (parts []Part, without []string, err error) {
	for _, dir := range dirs {
		records, err := Read(filepath.Join(dir, name))
		if err != nil {
			return nil, nil, err
		}
		if records == nil {
			without = append(without, dir)
			continue
		}
		parts = append(parts, Part{dir, records})
	}
	if len(parts) == 0 {
		return nil, nil, &fault.Error{Owner: fault.Usage, What: "no results to merge", Where: strings.Join(without, ", "), Hint: "name the folders that hold " + name}
	}
	return parts, without, nil
}
