// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/harness/internal/ktap"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/splat"
	"kmodlab/harness/internal/verdict"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

// Reproduce returns the command that runs exactly one case on one kernel.
func Reproduce(source kernel.Source, c lesson.Case) string {
	return fault.Command(fmt.Sprintf("run %s -run='^%s$'", source.Flags, c.ID()))
}

// blank is the record of a case that has not run.
func (r *Runner) blank(source kernel.Source, col *Target, c lesson.Case) verdict.Record {
	record := verdict.Record{Column: source.Name, Series: source.Series, Arch: source.Arch, Flavour: source.Flavour, Args: strings.Join(r.KernelArgs, " "),
		Lesson: c.Lesson, Case: c.Name,
		Script: r.relative(c.Script), Reproduce: Reproduce(source, c)}
	if r.Reproduce != nil {
		record.Reproduce = r.Reproduce(source, c)
	}
	record.Reproduce += r.Again
	if r.Strict {
		record.Reproduce += verdict.StrictFlag
	}
	if col != nil {
		record.Kernel = col.kernel.Release
	}
	return record
}

// Case runs one case on col and returns what became of it.
func (r *Runner) Case(ctx context.Context, col *Target, c lesson.Case) verdict.Record {
	record, _ := r.runCase(ctx, col, c, r.blank(col.source, col, c))
	return record
}

func (r *Runner) decide(record verdict.Record, f verdict.Facts) verdict.Record {
	f.Findings, f.Strict = record.Findings, r.Strict
	result := verdict.Judge(f)
	record.Verdict, record.Reason, record.Owner = result.Verdict, r.placeless(result.Reason), string(f.OwnerOf(result))
	if result.Verdict != verdict.Pass {
		record.Findings = nil // there is worse to see to, or it is the reason
	}
	return record
}

// unable is the facts of a case that err kept from being run.
func unable(err error) verdict.Facts {
	return verdict.Facts{InfraError: err.Error(), Owner: fault.Of(err)}
}

// runCase runs a case on a VM of its own and decides what became of it, and returns
// the tests that its modules printed the results of. When
// the VM was not up before the case began, or did not get enough of the machine
// to say anything, it tries once more on a fresh one, with no other VM beside it.
func (r *Runner) runCase(ctx context.Context, col *Target, c lesson.Case, record verdict.Record) (verdict.Record, []ktap.Test) {
	if facts, done := beforehand(col, c); done {
		if facts.BuildError != "" {
			record.Messages = r.messages(col.broken(c))
		}
		return r.decide(record, facts), nil
	}
	own, err := col.own(ctx, c)
	if err != nil {
		return r.decide(record, unable(err)), nil
	}
	held, err := r.places.take(ctx)
	if err != nil {
		return r.decide(record, verdict.Facts{InfraError: "interrupted"}), nil
	}
	defer held.leave()
	began := time.Now()
	record.Started = began.Format("2006-01-02T15:04:05.000Z07:00") // RFC 3339
	facts, tests := r.attempt(ctx, col, c, held, own, &record)
	if (!facts.Began || facts.Starved) && ctx.Err() == nil {
		record.Retried = facts.InfraError
		what := "the VM was not up before the case began"
		if facts.Starved {
			what = "nothing can be said"
		}
		step.Note(ctx, "%s on %s: %s, trying once more, alone: %s", c.ID(), col.kernel.Release, what, facts.InfraError)
		if held.alone(ctx) {
			facts, tests = r.attempt(ctx, col, c, held, own, &record)
		}
	}
	record.Seconds = time.Since(began).Seconds()
	return r.decide(record, facts), tests
}

// beforehand returns the facts of a case whose verdict needs no VM.
func beforehand(col *Target, c lesson.Case) (verdict.Facts, bool) {
	if col.unsupported != nil {
		return verdict.Facts{Unsupported: col.unsupported.Reason}, true
	}
	for _, condition := range c.Requires {
		ok, err := col.conditions.Has(condition)
		if err != nil {
			return unable(err), true
		}
		if !ok {
			return verdict.Facts{Unsupported: "needs " + condition}, true
		}
	}
	if err := col.broken(c); err != nil {
		lacking, optionsErr := withoutKUnit(col, err)
		switch {
		case optionsErr != nil:
			return unable(optionsErr), true
		case lacking:
			return verdict.Facts{Unsupported: lacksKUnit}, true
		}
		return verdict.Facts{BuildError: err.Error(), Hints: col.hintsOf(err)}, true
	}
	return verdict.Facts{}, false
}

// broken returns why a module that the case inserts does not build, or nil. A
// lesson's folder bears the name of its module.
func (col *Target) broken(c lesson.Case) error {
	if col.buildError != nil {
		return col.buildError
	}
	for _, folder := range append([]string{c.Lesson}, c.Modules...) {
		if err := col.modules.Broken[folder]; err != nil {
			return err
		}
	}
	return nil
}

// attempt runs the case, which holds a place and inserts own modules of the kernel,
// on a fresh VM. It records the facts, and the tests whose results were logged.
func (r *Runner) attempt(ctx context.Context, col *Target, c lesson.Case, held *place, own map[string]string, record *verdict.Record) (verdict.Facts, []ktap.Test) {
	allowed, err := splat.ReadAllowances(filepath.Join(filepath.Dir(c.Script), allowFile), time.Now())
	if err != nil {
		return verdict.Facts{Began: true, InfraError: err.Error()}, nil
	}
	allowed = append(allowed, r.Allow...)
	work, remove, err := r.Cache.Temp(ctx, "case")
	if err != nil {
		return unable(err), nil
	}
	defer remove()
	v, how, err := r.start(ctx, col, c.CPUs)
	if err != nil {
		return unable(err), nil
	}
	record.VM = how
	counting, err := r.count(ctx, col, v)
	if err != nil {
		v.Close()
		return unable(err), nil
	}
	v.Listen(func(rec kmsg.Record) {
		for _, line := range kmsg.Transcript([]kmsg.Record{rec}) {
			r.View.Log(col.kernel.Release, c.ID(), line)
		}
	})
	if r.Attend != nil {
		if err := r.Attend(ctx, v); err != nil {
			v.Close()
			return verdict.Facts{Began: true, InfraError: err.Error()}, nil
		}
	}
	if v.Limit, err = r.limit(col); err != nil {
		v.Close()
		return unable(err), nil
	}
	b := &guest{vm: v, column: col, place: held, own: own, excused: map[uint64]bool{}, counting: counting, images: map[string][]byte{}}
	outcome := r.Play(ctx, c, b, lesson.Options{Work: work, Update: r.Update, Echo: func(step string) {
		b.current = step
		r.View.Step(col.kernel.Release, c.ID(), step)
	}})
	b.hear(ctx, &outcome)
	uncounted := r.counted(ctx, col, c, b, outcome)
	record.Notes = append(b.notes, uncounted...)
	record.Findings = slices.DeleteFunc(kmsg.Findings(b.records), func(finding string) bool {
		return slices.ContainsFunc(allowed, func(a splat.Allowance) bool { return a.Excuses(finding, c.Name, col.kernel.Series) })
	})
	if lost, ok := errors.AsType[*vm.Lost](outcome.Err); ok && lost.Kind == vm.LostHung {
		record.Notes = append(record.Notes, "proof of the hang: "+lost.Err.Error())
		if record.Stack = lost.Stack; record.Stack == "" {
			v.Poke(ctx)
		}
	}
	fate := v.Close()
	record.Notes = append(record.Notes, r.tellUnknown(ctx, col, fate.Records)...)
	record.Diff, record.Line, record.Steps = outcome.Diff, outcome.Line, steps(outcome.Steps)
	record.Log, err = r.keepLog(col.kernel, c, fate)
	if err != nil {
		return verdict.Facts{Began: true, InfraError: err.Error()}, nil
	}
	fate.Records = slices.DeleteFunc(slices.Clone(fate.Records), func(rec kmsg.Record) bool { return b.excused[rec.Seq] }) // the log has them
	found := withLeaks(splats(fate, b.last != nil), b.leaks)
	f := facts(b, outcome, fate)
	f.Hints = r.explainRefusal(b, outcome.Refused)
	f.Splats = splat.Unexcused(found, allowed, c.Name, col.kernel.Series)
	if f.Hung {
		f.Splats, record.Stack = withoutOurs(f.Splats, record.Stack)
	}
	record.Notes = append(record.Notes, strangers(f.Splats)...)
	r.tell(record, col, f.Splats)
	tests := testsOf(b)
	if len(tests) > 0 {
		b.forgiven |= taintOfTests
	}
	if b.last != nil {
		f.Taint = unexpected(b.last.taint&^b.forgiven, found, f.Splats)
	}
	return f, tests
}

// withoutOurs returns splats without the panic that [vm.VM.Poke] provoked to
// find out where a kernel hangs, and what it found.
func withoutOurs(splats []splat.Splat, stack string) ([]splat.Splat, string) {
	var theirs []splat.Splat
	for _, s := range splats {
		if s.Kind == splat.Panic && strings.Contains(s.Title, splat.FoundByNMI) {
			stack = s.Title + "\n" + strings.Join(s.Trace, "\n")
			continue
		}
		theirs = append(theirs, s)
	}
	return theirs, stack
}

// allowFile is where a lesson says which splats are what it teaches.
const allowFile = "splats.toml"
