// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Run is what the cases of a run ran of modules.
type Run struct {
	Profiles []Profile         `json:"kernels"` // one a kernel
	Sources  map[string]string `json:"sources"` // the files that they speak of, as they were
	Missing  []string          `json:"missing,omitempty"`
}

// Read reads a run from the file at path; nil where there is none.
func Read(path string) (*Run, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r := &Run{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return r, nil
}

// Add adds what another part of the run found out: another folder of modules on
// the same kernels.
func (r *Run) Add(profiles []Profile, missing []string) {
	r.Missing = append(r.Missing, missing...)
next:
	for _, p := range profiles {
		for i := range r.Profiles {
			if r.Profiles[i].Kernel == p.Kernel {
				r.Profiles[i].Files.addAll(p.Files)
				continue next
			}
		}
		r.Profiles = append(r.Profiles, p)
	}
}

// Merged returns what was run on any kernel.
func (r *Run) Merged() Files { return merge(r.Profiles).Files }

// Sentence says how much was run, on any of the kernels and on each.
func (r *Run) Sentence() string {
	s := r.Merged().Share()
	text := fmt.Sprintf("coverage: %s of %d lines", s, s.Lines)
	if len(r.Profiles) < 2 {
		return text
	}
	var each []string
	for _, p := range r.Profiles {
		each = append(each, fmt.Sprintf("%s on %s", p.Files.Share(), p.Kernel))
	}
	return text + "; " + strings.Join(each, ", ")
}
