// SPDX-License-Identifier: GPL-2.0-only

package suite

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"kmodlab/internal/step"
)

// event is a line of go test -json (go doc test2json, go help buildjson).
type event struct {
	Action      string
	Package     string
	Test        string
	Output      string
	FailedBuild string // the ImportPath of the build that a package failed for
	ImportPath  string // of the build events
}

// reader puts events together.
type reader struct {
	ctx      context.Context
	packages map[string]*Package
	tests    map[string]*Test // by ID
	steps    map[string]*step.Step
	builds   map[string]string // what the compiler says, by ImportPath
	result   *Result
}

// read reads the events to their end; each package that is being tested is a
// step on ctx. A package that has no end failed.
func read(ctx context.Context, events io.Reader) (*Result, error) {
	r := &reader{ctx, map[string]*Package{}, map[string]*Test{}, map[string]*step.Step{}, map[string]string{}, &Result{}}
	var wrong error
	in := bufio.NewReader(events)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if err := json.Unmarshal(line, &e); err != nil {
				wrong = errors.Join(wrong, fmt.Errorf("no event of go test: %.200q", line)) // and read on: a pipe that is full stops who writes
			} else {
				r.take(e)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			wrong = errors.Join(wrong, err)
			break
		}
	}
	for name, s := range r.steps {
		s.End(errors.New("go test ended before it"))
		r.packages[name].Output += "go test ended before this package\n"
	}
	return r.result, wrong
}

func (r *reader) take(e event) {
	switch {
	case e.Action == "build-output":
		r.builds[e.ImportPath] += e.Output
	case e.Package == "":
	case e.Test == "":
		r.ofPackage(r.pkg(e.Package), e)
	default:
		r.ofTest(r.pkg(e.Package), e)
	}
}

func (r *reader) ofPackage(p *Package, e event) {
	switch o := Outcome(e.Action); {
	case e.Action == "start":
		r.steps[p.Name] = step.Start(r.ctx, "go test %s", p.Name)
	case e.Action == "output":
		p.Output += e.Output
	case slices.Contains([]Outcome{Passed, Failed, Skipped}, o):
		p.Outcome = o
		p.Output = r.builds[e.FailedBuild] + p.Output
		r.end(p)
	}
}

// end ends the package's step, if it has one: what does not compile is not
// begun.
func (r *reader) end(p *Package) {
	s, ok := r.steps[p.Name]
	if !ok {
		return
	}
	delete(r.steps, p.Name)
	if p.Outcome.failed() {
		s.End(errTests)
		return
	}
	s.End(nil)
}

func (r *reader) ofTest(p *Package, e event) {
	id := p.Name + " " + e.Test
	t := r.tests[id]
	if t == nil {
		t = &Test{Package: p.Name, Name: e.Test}
		r.tests[id] = t
		p.Tests = append(p.Tests, t)
	}
	switch o := Outcome(e.Action); {
	case e.Action == "output":
		t.Output += e.Output
	case slices.Contains([]Outcome{Passed, Failed, Skipped}, o):
		t.Outcome = o
	}
}

// pkg returns the package of an import path, without the module, whose path has
// no slash.
func (r *reader) pkg(path string) *Package {
	_, name, ok := strings.Cut(path, "/")
	if !ok {
		name = path
	}
	p := r.packages[name]
	if p == nil {
		p = &Package{Name: name}
		r.packages[name] = p
		r.result.Packages = append(r.result.Packages, p)
	}
	return p
}
