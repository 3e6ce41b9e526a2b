// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/step"
)

// wrapped returns a QEMU that is the one of l behind a few lines of shell.
func (l lab) wrapped(t *testing.T, lines string) vm.QEMU {
	t.Helper()
	path := filepath.Join(t.TempDir(), "qemu")
	text := "#!/bin/sh\n" + lines + "\nexec '" + strings.Join(l.machine.QEMU.Command, "' '") + `' "$@"` + "\n"
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return vm.QEMU{Command: []string{path}, Version: "wrapped " + l.machine.QEMU.Version, ID: l.machine.QEMU.ID + lines}
}

// TestCannotClone has a QEMU that freezes and cannot thaw: VMs are booted then,
// and a note says so.
func TestCannotClone(t *testing.T) {
	l := newLab(t, "")
	l.machine.QEMU = l.wrapped(t, `case " $* " in *" -incoming "*) echo "-incoming: not supported" >&2; exit 1;; esac`)
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var notes []string
	ctx := step.With(t.Context(), func(e step.Event) {
		if e.Kind == step.Noted {
			notes = append(notes, e.Text)
		}
	})
	template, err := vm.Freeze(ctx, c, l.machine)
	if err != nil || template.Frozen() {
		t.Fatalf("Freeze = %v; want clones that are booted", err)
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "booted one by one") || !strings.Contains(notes[0], "-incoming: not supported") || strings.Contains(notes[0], "hint: ") {
		t.Errorf("notes %q; want one that says it, and why", notes)
	}
	t.Log(notes)
	v, err := template.Clone(t.Context())
	if err != nil {
		t.Fatalf("Clone = %v; want a VM that was booted", err)
	}
	defer v.Close()
	if ans := l.insert(t, v); ans.Errno != 0 || !slices.Equal(own(ans.Records), []string{"ok by insmod"}) {
		t.Errorf("insert: errno %v, log %q; want it to run", ans.Errno, own(ans.Records))
	}
	if dir := vm.TemplateDir(c, l.machine); exists(dir) {
		t.Errorf("%s is in the cache; want nothing that cannot be cloned", dir)
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// TestClockJumps sets the clock of QEMU forward and back by an hour while a
// guest works, and sees no step disturbed. The clock is libfaketime's, for that
// of the machine is not ours to set; monotonic time goes on as it does then.
func TestClockJumps(t *testing.T) {
	libraries, _ := filepath.Glob("/usr/lib/*/faketime/libfaketimeMT.so.1")
	if len(libraries) == 0 {
		t.Skip("needs the package libfaketime")
	}
	l := newLab(t, "")
	now := filepath.Join(t.TempDir(), "now")
	jump := func(hours int) {
		t.Helper()
		if err := os.WriteFile(now, fmt.Appendf(nil, "%+dh\n", hours), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	jump(0)
	l.machine.QEMU.Command = l.wrapped(t, "export LD_PRELOAD="+libraries[0]+" FAKETIME_TIMESTAMP_FILE="+now+
		" FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_DISABLE_SHM=1").Command // the rest stays: it can clone what the real one froze
	v := l.clone(t)
	for _, hours := range []int{+1, -1, 0} {
		jump(hours)
		if ans := l.insert(t, v, "lines=2"); ans.Errno != 0 || len(own(ans.Records)) != 3 || ans.Lost != 0 {
			t.Errorf("%+d h: insert: errno %v, log %q, %d lost; want its 3 lines", hours, ans.Errno, own(ans.Records), ans.Lost)
		}
		if ans, err := v.Run(t.Context(), nil, "sleep", "0.1"); err != nil || ans.Exit != 0 {
			t.Errorf("%+d h: sleep: %v, exit %d; want it to end", hours, err, ans.Exit)
		}
		if ans, err := v.Remove(t.Context(), "vmt"); err != nil || ans.Errno != 0 {
			t.Errorf("%+d h: remove: %v, %v; want no error", hours, err, ans.Errno)
		}
	}
	jump(+1)
	before := time.Now()
	fate := v.Close()
	after := time.Now()
	if fate.How != vm.Closed || fate.Lost != 0 {
		t.Errorf("the VM ended by %s, with %d records lost; want it closed", fate.How, fate.Lost)
	}
	last := fate.Events[len(fate.Events)-1].Time.Add(-time.Hour)
	if last.Before(before.Add(-time.Second)) || last.After(after.Add(time.Second)) { // its clock has another grain
		t.Errorf("by QEMU's clock, without an hour, the VM ended at %v; want a time from %v to %v: it never jumped", last, before, after)
	}
}
