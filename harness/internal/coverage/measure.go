// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/kbuild"
)

// notes are what the compiler noted of modules.
type notes struct {
	stage   string // where they were compiled
	objects map[string]*object
}

// openNotes reads what was noted of the modules m.
func openNotes(m *kbuild.Modules) (*notes, error) {
	stage, err := os.ReadFile(filepath.Join(m.Dir, kbuild.NotesFolder, kbuild.StageFile))
	if errors.Is(err, fs.ErrNotExist) {
		return &notes{}, nil // there was nothing to compile
	}
	if err != nil {
		return nil, err
	}
	n := &notes{stage: string(stage), objects: map[string]*object{}}
	root := filepath.Join(m.Dir, kbuild.NotesFolder)
	return n, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != kbuild.NotesExt {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if n.objects[rel], err = readNotes(text); err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		return nil
	})
}

// files returns all lines of the modules, none of which was run; of those in the
// folders only, unless there are none.
func (n *notes) files(only ...string) Files {
	files := Files{}
	for name, o := range n.objects {
		if len(only) == 0 || within(name, only) {
			for i := range o.Functions {
				n.put(files, o, &o.Functions[i], nil, "")
			}
		}
	}
	return files
}

func within(name string, folders []string) bool {
	top, _, _ := strings.Cut(name, "/")
	for _, f := range folders {
		if f == top {
			return true
		}
	}
	return false
}

// measure returns which lines the case called by ran, by the counters that it
// left. What of them belongs to no notes, or to those of another build, is an
// error, which joins all such; the others count.
func (n *notes) measure(counters []objectCounters, by string) (Files, error) {
	files := Files{}
	var errs []error
	for _, c := range counters {
		if err := n.measureObject(files, c, by); err != nil {
			errs = append(errs, fmt.Errorf("module %s: %w", c.Module, err))
		}
	}
	return files, errors.Join(errs...)
}

var errOtherBuild = errors.New("its counters are of another build than the compiler's notes")

func (n *notes) measureObject(files Files, c objectCounters, by string) error {
	rel, err := filepath.Rel(n.stage, strings.TrimSuffix(c.File, filepath.Ext(c.File))+kbuild.NotesExt)
	if err != nil {
		return err
	}
	o := n.objects[rel]
	if o == nil {
		return fmt.Errorf("the compiler noted nothing of it: %s", rel)
	}
	if o.Stamp != c.Stamp {
		return fmt.Errorf("%w: %s", errOtherBuild, rel)
	}
	known := map[uint32]*function{}
	for i := range o.Functions {
		known[o.Functions[i].Ident] = &o.Functions[i]
	}
	for _, fc := range c.Of {
		f := known[fc.Ident]
		if f == nil || f.Lines != fc.Lines || f.Graph != fc.Graph || f.counters != len(fc.Arcs) {
			return fmt.Errorf("%w: %s, function %08x", errOtherBuild, rel, fc.Ident)
		}
		n.put(files, o, f, f.counts(fc.Arcs), by)
	}
	return nil
}

// put adds the lines of a function to files. counts are of its blocks; nil when
// none was run.
func (n *notes) put(files Files, o *object, f *function, counts []uint64, by string) {
	if f.Made {
		return
	}
	for at, ran := range f.hits(counts) {
		if path, ok := n.source(o, at.File); ok {
			files.add(path, at.Line, ran, by)
		}
	}
}

// hits returns how often each line of the function ran, by the counts of its
// blocks. A line of several blocks ran as often as the most frequent of them, for
// the body of a loop may stand in its line. A block counts for the line that it
// ends with, as in gcc/gcov.cc: the jump out of a branch, say, is noted with the
// branch's last line in front of what follows. It counts for its other lines if
// these end no block.
func (f *function) hits(counts []uint64) map[place]uint64 {
	ends, holds := map[place]uint64{}, map[place]uint64{}
	for b, block := range f.blocks {
		var ran uint64
		if counts != nil {
			ran = counts[b]
		}
		for i, at := range block.at {
			if i == len(block.at)-1 {
				ends[at] = max(ends[at], ran)
			}
			holds[at] = max(holds[at], ran)
		}
	}
	maps.Copy(holds, ends)
	return holds
}

// source returns the path of a source below the folder of the modules. Others
// are the kernel's: what its headers put into a module is not for the module's
// cases to run.
func (n *notes) source(o *object, file string) (string, bool) {
	if !filepath.IsAbs(file) {
		file = filepath.Join(o.Dir, file)
	}
	rel, err := filepath.Rel(n.stage, file)
	return rel, err == nil && filepath.IsLocal(rel)
}
