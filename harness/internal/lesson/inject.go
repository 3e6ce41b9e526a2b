// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"cmp"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// Faults are injected by lib/fault-inject.c. It counts down, in one task, the calls
// that the attributes of a capability match, and lets the one fail that it comes to
// zero at (Documentation/fault-injection, "fail-nth"). Since 6.2 it counts only those
// whose stack passes the filter: here, a module has to be on it.
const (
	failNth      = "/proc/self/fail-nth" // of the task that does the steps
	failSlab     = "/sys/kernel/debug/failslab"
	failPages    = "/sys/kernel/debug/fail_page_alloc"
	failFunction = "/sys/kernel/debug/fail_function"
)

// canFail are the conditions without which no fault can be injected.
var canFail = []string{"config:FAILSLAB", "config:FAIL_PAGE_ALLOC", "config:FAIL_FUNCTION", "config:FAULT_INJECTION_STACKTRACE_FILTER", "kernel:>=6.2"}

// setting is a file and what is written to it.
type setting struct{ file, text string }

// modulesOnly are the settings by which the capability in dir counts what is called
// below a module: modules are behind the kernel's image, at its end of the address
// space (Documentation/arch/x86/x86_64/mm.rst).
func modulesOnly(dir string) []setting {
	return []setting{
		{path.Join(dir, "verbose"), "0"}, // what it would print is no news: the script says it
		{path.Join(dir, "stacktrace-depth"), "32"},
		{path.Join(dir, "require-start"), "0xffffffffa0000000"},
		{path.Join(dir, "require-end"), "0xffffffffff000000"},
	}
}

// nobody are the settings by which the capability in dir counts nothing.
func nobody(dir string) []setting {
	return []setting{{path.Join(dir, "stacktrace-depth"), "1"}, {path.Join(dir, "require-start"), "1"}, {path.Join(dir, "require-end"), "1"}}
}

// capabilities has, by what a script calls it, what makes a call fail. Everything else
// is the name of a function.
var capabilities = map[string][]setting{
	"slab": append(append(modulesOnly(failSlab), nobody(failPages)...),
		setting{path.Join(failSlab, "ignore-gfp-wait"), "N"}),
	"page": append(append(modulesOnly(failPages), nobody(failSlab)...),
		setting{path.Join(failPages, "ignore-gfp-wait"), "N"}, setting{path.Join(failPages, "min-order"), "0"}),
}

func functionFails(name string) []setting {
	all := append(append(modulesOnly(failFunction), nobody(failSlab)...), nobody(failPages)...)
	return append(all, setting{path.Join(failFunction, "inject"), name})
}

// inject makes something that the next step calls for fail: fail slab|page|FUNCTION
// [N], the N-th of it in a module, and else the first.
func (r *run) inject(ts *testscript.TestScript, neg bool, args []string) {
	n := 1
	if len(args) == 2 {
		n, _ = strconv.Atoi(args[1])
	}
	if neg || len(args) == 0 || len(args) > 2 || n < 1 {
		r.fail(ts, "usage: fail slab|page|FUNCTION [N]")
	}
	r.requires(ts, false, canFail)
	if r.over {
		r.fail(ts, "the guest has ended before fail "+args[0])
	}
	settings, ok := capabilities[args[0]]
	if !ok {
		settings = functionFails(args[0])
	}
	for _, s := range append(settings, setting{failNth, strconv.Itoa(n)}) {
		step, err := r.bench.Write(r.ctx, s.file, []byte(s.text))
		r.check(ts, err)
		if step.Errno == 0 {
			continue
		}
		if path.Base(s.file) == "inject" {
			r.fail(ts, fmt.Sprintf("fail %s: this kernel lets nobody make it fail (%v); those that may are in %s/injectable", args[0], step.Errno, failFunction))
		}
		r.fail(ts, fmt.Sprintf("fail %s: %s: %v", args[0], s.file, step.Errno))
	}
	r.injected = injected{strings.Join(args, " "), n}
}

// injected is what is to fail in the next step.
type injected struct {
	what string // "" when nothing is
	n    int
}

// failed makes sure that what was to fail in the step has, and that nothing will in
// the next one.
func (r *run) failed(ts *testscript.TestScript) {
	was := r.injected
	if was.what == "" {
		return
	}
	r.injected = injected{}
	step, err := r.bench.Read(r.ctx, failNth)
	r.check(ts, cmp.Or(err, errnoOf(step)))
	left, err := strconv.Atoi(strings.TrimSpace(step.Output))
	r.check(ts, err)
	if left == 0 {
		return
	}
	r.fail(ts, fmt.Sprintf("fail %s: nothing failed, the step came to number %d of them", was.what, was.n-left))
}

func errnoOf(s Step) error {
	if s.Errno == 0 {
		return nil
	}
	return s.Errno
}
