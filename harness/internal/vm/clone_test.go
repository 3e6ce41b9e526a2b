// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/step"
)

// own returns what the test's module printed.
func own(records []kmsg.Record) []string {
	var lines []string
	for _, r := range records {
		if text, ok := strings.CutPrefix(r.Text, "vmt: "); ok && r.Priority == 6 {
			lines = append(lines, text)
		}
	}
	return lines
}

func (l lab) insert(t *testing.T, v *vm.VM, params ...string) vm.Answer {
	t.Helper()
	ans, err := v.Insert(t.Context(), l.module, params...)
	if err != nil {
		t.Fatalf("Insert(%v) = %v; want an answer", params, err)
	}
	return ans
}

// TestSteps checks that each step's answer has exactly that step's log.
func TestSteps(t *testing.T) {
	l := newLab(t, "")
	v := l.clone(t)
	if v.Hello.Release != l.kernel.Release {
		t.Errorf("the clone runs %q; want %q", v.Hello.Release, l.kernel.Release)
	}
	ans := l.insert(t, v, "lines=3")
	if diff := cmp.Diff([]string{"ok by insmod", "line 0", "line 1", "line 2"}, own(ans.Records)); diff != "" || ans.Errno != 0 {
		t.Errorf("insert: errno %v; (-want +got)\n%s", ans.Errno, diff)
	}
	if ans := l.insert(t, v); ans.Errno != syscall.EEXIST || own(ans.Records) != nil {
		t.Errorf("second insert: errno %v, log %q; want EEXIST and nothing", ans.Errno, own(ans.Records))
	}
	ans, err := v.List(t.Context())
	if err != nil || !strings.HasPrefix(string(ans.Output), "vmt ") {
		t.Errorf("List() = %q, %v; want vmt first", ans.Output, err)
	}
	ans, err = v.ReadFile(t.Context(), "/sys/module/vmt/parameters/lines")
	if err != nil || string(ans.Output) != "3\n" {
		t.Errorf("ReadFile(parameter lines) = %q, %v; want 3", ans.Output, err)
	}
	ans, err = v.Remove(t.Context(), "vmt")
	if err != nil || ans.Errno != 0 {
		t.Fatalf("Remove() = %v, %v; want no error", ans.Errno, err)
	}
	if diff := cmp.Diff([]string{"bye from rmmod"}, own(ans.Records)); diff != "" {
		t.Errorf("remove: (-want +got)\n%s", diff)
	}
	if ans, err := v.Remove(t.Context(), "vmt"); err != nil || ans.Errno != syscall.ENOENT {
		t.Errorf("second Remove() = %v, %v; want ENOENT", ans.Errno, err)
	}
	if ans := l.insert(t, v, "mode=refuse"); ans.Errno != syscall.EBUSY || !slices.Equal(own(ans.Records), []string{"refuse by insmod"}) {
		t.Errorf("refused insert: errno %v, log %q; want EBUSY, and init run once", ans.Errno, own(ans.Records))
	}
	if ans := l.insert(t, v, "mode=sleep"); !slices.Contains(own(ans.Records), "slept undisturbed: 1") {
		t.Errorf("sleeping insert: log %q; want a sleep that nobody disturbed", own(ans.Records))
	}
}

func TestFilesAndCommands(t *testing.T) {
	l := newLab(t, "")
	v := l.clone(t)
	ctx := t.Context()
	if ans, err := v.WriteFile(ctx, "/tmp/a", []byte("one\ntwo\n"), 0o600); err != nil || ans.Errno != 0 {
		t.Fatalf("WriteFile = %v, %v; want no error", ans.Errno, err)
	}
	if ans, err := v.ReadFile(ctx, "/tmp/a"); err != nil || string(ans.Output) != "one\ntwo\n" {
		t.Errorf("ReadFile = %q, %v; want what was written", ans.Output, err)
	}
	if ans, err := v.ReadFile(ctx, "/none"); err != nil || ans.Errno != syscall.ENOENT {
		t.Errorf("ReadFile of nothing = %v, %v; want ENOENT", ans.Errno, err)
	}
	for _, tt := range []struct {
		argv, input, output string
		exit                int
		errno               syscall.Errno
	}{
		{"wc -l", "a\nb\n", "2\n", 0, 0},
		{"false", "", "", 1, 0},
		{"no-such-command", "", "", 0, syscall.ENOENT},
		{"/proc/version", "", "", 0, syscall.EACCES},
	} {
		ans, err := v.Run(ctx, []byte(tt.input), strings.Fields(tt.argv)...)
		if err != nil || strings.TrimLeft(string(ans.Output), " ") != tt.output || ans.Exit != tt.exit || ans.Errno != tt.errno {
			t.Errorf("Run(%s) = %q, exit %d, errno %v, %v; want %q, %d, %v", tt.argv, ans.Output, ans.Exit, ans.Errno, err, tt.output, tt.exit, tt.errno)
		}
	}
}

// TestSurvivesOops checks that the agent outlives what it was ordered to do.
// Folders are seen by their names and files by what they hold; no device is
// opened, and what is not there is left out.
func TestLook(t *testing.T) {
	ctx := t.Context()
	v := newLab(t, "").clone(t)
	answer, files, err := v.Look(ctx, "/proc/self/", "/proc/sys/*/", "/dev/nul*", "/dev/", "/proc/[0-9]*/stat", "/proc/devices", "/none", "/none/")
	if err != nil || answer.Errno != 0 {
		t.Fatalf("Look = %v, %v; want no error", answer.Errno, err)
	}
	for path, want := range map[string]string{"/proc/self": "\x00status\x00", "/proc/sys/kernel": "\x00tainted\x00", "/dev": "\x00null\x00", "/proc/1/stat": "1 (init) ", "/proc/devices": " 1 mem\n"} {
		if !strings.Contains("\x00"+files[path], want) {
			t.Errorf("Look: %s holds %q; want %q", path, files[path], want)
		}
	}
	for _, path := range []string{"/dev/null", "/none"} {
		if text, ok := files[path]; ok {
			t.Errorf("Look: %s holds %q; want it left alone", path, text)
		}
	}
	if _, _, err := v.Look(ctx, "/proc/[/"); err == nil || !strings.Contains(err.Error(), "/proc/[") {
		t.Errorf("Look at a pattern that makes no sense = %v; want an error that names it", err)
	}
}

func TestSurvivesOops(t *testing.T) {
	l := newLab(t, "")
	v := l.clone(t)
	ans := l.insert(t, v, "mode=bug")
	if ans.Died == "" {
		t.Errorf("insert of a BUG: nobody died; want the task to be killed")
	}
	if !slices.ContainsFunc(ans.Records, func(r kmsg.Record) bool { return strings.Contains(r.Text, "kernel BUG at") }) {
		t.Errorf("insert of a BUG: its splat is not in the step's log")
	}
	if ans, err := v.List(t.Context()); err != nil || !strings.HasPrefix(string(ans.Output), "vmt ") {
		t.Errorf("List() after it = %q, %v; want the dead module in the list", ans.Output, err)
	}
	if ans, err := v.ReadFile(t.Context(), "/proc/version"); err != nil || ans.Errno != 0 {
		t.Errorf("ReadFile after it = %v, %v; want another task to do it", ans.Errno, err)
	}
}

func TestPanic(t *testing.T) {
	l := newLab(t, "")
	v := l.clone(t)
	_, err := v.Insert(t.Context(), l.module, "mode=panic")
	if lost, ok := errors.AsType[*vm.Lost](err); !ok || lost.Kind != vm.LostExited {
		t.Errorf("Insert of a panic = %v; want the VM to have ended", err)
	}
	fate := v.Close()
	if fate.How != vm.Panicked {
		t.Errorf("the VM ended by %s; want a panic", fate.How)
	}
	for _, want := range []string{"vmt: panic by insmod", "Kernel panic - not syncing: as ordered"} {
		if !strings.Contains(fate.Console, want) {
			t.Errorf("the console has no %q; want the module's last words and the panic", want)
		}
	}
	if _, err := v.List(t.Context()); err == nil {
		t.Errorf("List() of a VM that ended succeeded; want an error")
	}
}

func TestHang(t *testing.T) {
	l := newLab(t, "")
	v := l.clone(t)
	v.Limit = 2 * time.Second
	_, err := v.Insert(t.Context(), l.module, "mode=hang")
	if lost, ok := errors.AsType[*vm.Lost](err); !ok || lost.Kind != vm.LostHung {
		t.Errorf("Insert of a hang = %v; want the proof that it hangs", err)
	}
	v.Poke(t.Context())
	fate := v.Close()
	if fate.How != vm.Killed || !strings.Contains(fate.Console, "vmt_init") {
		t.Errorf("the VM ended by %s; want it killed, and its console to name the function it hung in", fate.How)
	}
}

// TestCancel checks that the end of the context is the end of QEMU.
func TestCancel(t *testing.T) {
	l := newLab(t, "")
	template, err := vm.Freeze(logged(t), l.cache, l.machine)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	v, err := template.Clone(ctx)
	if err != nil {
		t.Fatal(err)
	}
	time.AfterFunc(100*time.Millisecond, cancel)
	_, err = v.Insert(t.Context(), l.module, "mode=hang")
	if lost, ok := errors.AsType[*vm.Lost](err); !ok || lost.Kind != vm.LostCancelled {
		t.Errorf("Insert in a VM whose context ended = %v; want it cancelled", err)
	}
	if fate := v.Close(); fate.How != vm.Killed {
		t.Errorf("the VM ended by %s; want it killed", fate.How)
	}
}

// TestDamagedTemplate checks that a bit that fell over is noticed before a
// clone trips over it, and that the VM is frozen again.
func TestDamagedTemplate(t *testing.T) {
	l := newLab(t, "")
	c := l.alone(t)
	var notes []string
	freeze := func() *vm.Template {
		t.Helper()
		ctx := step.With(t.Context(), func(e step.Event) {
			if e.Kind == step.Noted {
				notes = append(notes, e.Text)
			}
		})
		template, err := vm.Freeze(ctx, c, l.machine)
		if err != nil {
			t.Fatalf("Freeze = %v; want no error", err)
		}
		return template
	}
	if freeze(); len(notes) != 0 {
		t.Errorf("with a whole template: notes %q; want none", notes)
	}
	dir := vm.TemplateDir(c, l.machine)
	whole := filepath.Join(t.TempDir(), "whole")
	copyTemplate(t, dir, whole)
	for _, tt := range []struct {
		file   string
		damage func(path string) error
	}{
		{"state", flip},
		{"ram", flip},
		{"state", cut},
		{"ram", cut},
	} {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		copyTemplate(t, whole, dir)
		if err := tt.damage(filepath.Join(dir, tt.file)); err != nil {
			t.Fatal(err)
		}
		if _, err := vm.OpenTemplate(l.machine, dir); err == nil || !strings.Contains(err.Error(), "file "+tt.file) {
			t.Errorf("with %s damaged: %v; want an error that names the file", tt.file, err)
		}
	}
	template := freeze()
	if len(notes) != 1 || !strings.Contains(notes[0], "damaged") {
		t.Errorf("with a damaged template: notes %q; want one that says so", notes)
	}
	v, err := template.Clone(t.Context())
	if err != nil {
		t.Fatalf("Clone after the template was made again = %v; want no error", err)
	}
	defer v.Close()
	if ans := l.insert(t, v); ans.Errno != 0 {
		t.Errorf("insert in a clone of it: %v; want no error", ans.Errno)
	}
}

// cut halves a file.
func cut(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return os.Truncate(path, info.Size()/2)
}

// flip changes one bit of a file.
func flip(path string) error {
	const at = 64 << 10
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	var b [1]byte
	if _, err := f.ReadAt(b[:], at); err != nil {
		return err
	}
	b[0] ^= 0x10
	_, err = f.WriteAt(b[:], at)
	return err
}
