// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/coverage"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// The files of coverage in the output folder: all that is known of it, for
// reports; for other programs, of all kernels together. [lcovOf] names those of each.
const (
	coverageFile = "coverage.json"
	lcovFile     = "coverage.info"
)

// cover has the runner measure coverage if the flags want it; only names the
// folders of modules that count, none for all.
func (l *lab) cover(f Flags, runner *matrix.Runner, kernels []kernel.Source, only ...string) {
	if !f.Cover && f.CoverMin == 0 {
		return
	}
	var names []string
	for _, k := range kernels {
		names = append(names, k.Name)
	}
	runner.Coverage, l.atLeast = coverage.NewCollector(names, only...), f.CoverMin
}

// gather takes in what a runner measured of the modules in the folder dir.
func (l *lab) gather(runner *matrix.Runner, dir string) {
	if runner.Coverage == nil {
		return
	}
	if l.coverage == nil {
		l.coverage = &coverage.Run{Sources: map[string]string{}}
	}
	l.coverage.Add(runner.Coverage.Profiles(l.seen(dir)))
}

// takeCoverage takes in what parts of the run measured on other machines.
func (l *lab) takeCoverage(parts []verdict.Part) error {
	for _, p := range parts {
		measured, err := coverage.Read(filepath.Join(p.Dir, coverageFile))
		if err != nil {
			return &fault.Error{Owner: fault.Usage, What: "what a part measured of coverage cannot be read", Where: p.Dir, Err: err, Hint: "keep the whole output folder of each part"}
		}
		if measured == nil {
			continue
		}
		if l.coverage == nil {
			l.coverage = &coverage.Run{Sources: map[string]string{}}
		}
		l.coverage.Add(measured.Profiles, measured.Missing)
	}
	return nil
}

// seen returns how a person calls a folder: by its way from where they stand, if
// that is short.
func (l *lab) seen(dir string) string {
	rel, err := filepath.Rel(l.home.Dir, dir)
	if err != nil || strings.HasPrefix(rel, filepath.Join("..", "..")) {
		return dir
	}
	return rel
}

// keepCoverage writes what was measured into the output folder, and shows it. What
// an earlier run left there goes, whether this one measured or not.
func (l *lab) keepCoverage(w io.Writer) error {
	if err := l.sweepCoverage(); err != nil || l.coverage == nil {
		return err
	}
	merged := l.coverage.Merged()
	for _, path := range merged.Paths() {
		from := path
		if !filepath.IsAbs(path) {
			from = filepath.Join(l.home.Dir, path)
		}
		text, err := os.ReadFile(from)
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // make may have written it
			return cannotKeepCoverage(path, err)
		}
		l.coverage.Sources[path] = string(text)
	}
	files, err := l.coverageFiles(merged)
	if err != nil {
		return err
	}
	for name, text := range files {
		if err := verdict.Replace(filepath.Join(l.out, name), text); err != nil {
			return cannotKeepCoverage(name, err)
		}
	}
	l.view.Printf("\n")
	l.coverage.Table(w)
	for _, sentence := range l.coverage.Missing {
		l.view.Printf("not measured: %s\n", sentence)
	}
	return nil
}

// sweepCoverage removes the files that an earlier run left, and no other: the
// output folder may be one of the user's.
func (l *lab) sweepCoverage() error {
	path := filepath.Join(l.out, coverageFile)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	names := []string{coverageFile, lcovFile}
	if old, err := coverage.Read(path); err == nil && old != nil { // else nobody can tell
		for _, p := range old.Profiles {
			names = append(names, lcovOf(p))
		}
	}
	for _, name := range names {
		if err := os.Remove(filepath.Join(l.out, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return cannotKeepCoverage(name, err)
		}
	}
	return nil
}

// lcovOf returns the name of the file for a kernel.
func lcovOf(p coverage.Profile) string {
	return "coverage-" + strings.ReplaceAll(p.Kernel, " ", "-") + ".info"
}

// coverageFiles returns the files by their names.
func (l *lab) coverageFiles(merged coverage.Files) (map[string][]byte, error) {
	text, err := json.Marshal(l.coverage)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{coverageFile: text}
	lcov := func(name string, of coverage.Files) error {
		var b bytes.Buffer
		err := of.LCOV(&b)
		files[name] = b.Bytes()
		return err
	}
	if err := lcov(lcovFile, merged); err != nil {
		return nil, err
	}
	for _, p := range l.coverage.Profiles {
		if err := lcov(lcovOf(p), p.Files); err != nil {
			return nil, err
		}
	}
	return files, nil
}

func cannotKeepCoverage(path string, err error) error {
	return &fault.Error{Owner: fault.Host, What: "cannot keep what was measured of coverage", Where: path, Err: err}
}

// enough is the error of a run that covered less than the flags want.
func (l *lab) enough() error {
	if l.coverage == nil {
		return nil
	}
	l.view.Printf("%s\n", l.coverage.Sentence())
	if share := l.coverage.Merged().Share(); share.Percent() < float64(l.atLeast) {
		return failed(fault.ExitFailed, "%s of the lines were run, and -cover-min wants %d %%", share, l.atLeast)
	}
	return nil
}
