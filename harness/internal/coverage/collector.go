// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"

	"kmodlab/harness/internal/kbuild"
)

// Collector gathers what the cases of a run ran. Its methods may be called from
// many goroutines.
type Collector struct {
	kernels []string // in the order in which they are told
	only    []string // the folders of the modules that count; all when empty

	mu       sync.Mutex
	of       map[string]*gathered
	missing  []string // sentences
	unmarked map[string]bool
}

// gathered is what is known of a kernel.
type gathered struct {
	notes *notes
	cases map[string]Files
}

// NewCollector returns a collector for the kernels, by the names that people call
// them by. With only, no other folders of modules count: those that no case was
// to insert.
func NewCollector(kernels []string, only ...string) *Collector {
	return &Collector{kernels: kernels, only: only, of: map[string]*gathered{}, unmarked: map[string]bool{}}
}

// Built tells which modules were built for a kernel.
func (c *Collector) Built(kernel string, m *kbuild.Modules) error {
	notes, err := openNotes(m)
	if err != nil {
		return fmt.Errorf("coverage on %s: %w", kernel, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.of[kernel] = &gathered{notes, map[string]Files{}}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		counts, err := kbuild.Counts(m.Files[name])
		if err != nil {
			return err
		}
		if !counts && !c.unmarked[name] {
			c.unmarked[name] = true
			c.missing = append(c.missing, fmt.Sprintf("the module %s was built without counters: its Makefile does not heed KCFLAGS", name))
		}
	}
	return nil
}

// Ran takes in what the guest handed out after a case, [CountersFile]. What it
// cannot use is told by the error; the rest counts.
func (c *Collector) Ran(kernel, id string, text []byte) error {
	counters, lost, err := parseCounters(text)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	g := c.of[kernel]
	if g == nil {
		return fmt.Errorf("no module was built for %s", kernel)
	}
	g.cases[id], err = g.notes.measure(counters, id)
	if len(lost) > 0 {
		err = errors.Join(err, fmt.Errorf("the guest had no memory to keep the counters of %q", lost))
	}
	return err
}

// Profiles returns what was run on each kernel that modules were built for, and
// sentences on modules of which that cannot be told. The paths of the sources begin
// with prefix.
func (c *Collector) Profiles(prefix string) ([]Profile, []string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var profiles []Profile
	for _, kernel := range c.kernels {
		g := c.of[kernel]
		if g == nil {
			continue
		}
		all := g.notes.files(c.only...)
		for _, id := range slices.Sorted(maps.Keys(g.cases)) {
			all.addKnown(g.cases[id])
		}
		p := Profile{Kernel: kernel, Files: Files{}}
		for path, lines := range all {
			p.Files[filepath.Join(prefix, path)] = lines
		}
		profiles = append(profiles, p)
	}
	return profiles, c.missing
}

// addKnown adds what others ran of files that are there.
func (f Files) addKnown(others Files) {
	known := maps.Clone(others)
	maps.DeleteFunc(known, func(path string, _ File) bool { return f[path] == nil })
	f.addAll(known)
}
