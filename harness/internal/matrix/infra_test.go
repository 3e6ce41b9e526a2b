// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"kmodlab/harness/internal/host"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// meddler acts when a case takes a step.
type meddler struct {
	quiet
	meddle func(id, step string)
}

func (m meddler) Step(_, id, step string) { m.meddle(id, step) }

// script writes a script that two modules take part in and returns its case.
func script(t *testing.T, dir, name string) lesson.Case {
	t.Helper()
	path := filepath.Join(dir, name+".txtar")
	if err := os.WriteFile(path, []byte("# Two modules.\ninsmod fault_chain\ndmesg\ninsmod fault_call\ndmesg\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := lesson.ReadCase(path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEmulatorKilled ends QEMU in the middle of a case: that says nothing about
// the module, is not tried again in silence, and costs no other case.
func TestEmulatorKilled(t *testing.T) {
	kmod, err := filepath.Abs("../../testdata/faults")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		signal syscall.Signal
		says   string
	}{
		{syscall.SIGKILL, "QEMU was ended by another program (signal: killed)"},
		{syscall.SIGTERM, "QEMU was ended by another program (exit status 0)"},
		{syscall.SIGSEGV, "QEMU failed (signal: segmentation fault"},
	} {
		t.Run(tt.signal.String(), func(t *testing.T) {
			r, source := newRunner(t, kmod, tested(t)[0])
			r.Jobs = 1 // so that there is one QEMU to be found
			steps := 0
			r.View = meddler{meddle: func(id, step string) {
				if strings.HasSuffix(id, "/killed") {
					steps++
				}
				if strings.HasSuffix(id, "/killed") && step == "insmod fault_call" {
					for _, pid := range host.Emulators(os.Getpid()) {
						syscall.Kill(pid, tt.signal)
					}
				}
			}}
			dir := t.TempDir()
			var l lesson.Lesson
			for _, name := range []string{"before", "killed", "after"} {
				l.Cases = append(l.Cases, script(t, dir, name))
			}
			records, err := r.Run(t.Context(), Plan([]kernel.Source{source}, []lesson.Lesson{l}, nil))
			if err != nil || len(records) != 3 {
				t.Fatalf("Run() = %d records, %v; want 3 and no error", len(records), err)
			}
			for _, i := range []int{0, 2} {
				if got := records[i]; got.Verdict != verdict.Pass {
					t.Errorf("%s: %s, %s; want it to pass", got.Case, got.Verdict, got.Reason)
				}
			}
			got := records[1]
			if got.Verdict != verdict.Infra || got.Owner != string(fault.Host) || !strings.HasPrefix(got.Reason, "insmod fault_call: "+tt.says) || !strings.Contains(got.Reason, "hint: ") {
				t.Errorf("verdict %s of the %s, reason %q; want infra of the host, %q at that step, and a hint", got.Verdict, got.Owner, got.Reason, tt.says)
			}
			if steps != 2 || got.Retried != "" {
				t.Errorf("%d steps, retried %q; want the 2 of one attempt", steps, got.Retried)
			}
			if exit := (verdict.Run{Records: records}.Judge()).Exit(); exit != fault.ExitHarness {
				t.Errorf("exit status %d; want %d", exit, fault.ExitHarness)
			}
			nothingLeft(t, r)
			var shown strings.Builder
			report.Failures(&shown, records, "out")
			t.Log(shown.String())
		})
	}
}
