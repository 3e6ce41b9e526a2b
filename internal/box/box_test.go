// SPDX-License-Identifier: GPL-2.0-only

package box

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// walls returns the walls of this machine, or skips the test.
func walls(t *testing.T) *wall {
	t.Helper()
	w, err := ours()
	if err != nil {
		t.Skipf("no box can be had: %v", err)
	}
	return w
}

// both runs a test within walls, where they are to be had, and without.
func both(t *testing.T, test func(t *testing.T, w *wall)) {
	t.Run("walls", func(t *testing.T) { test(t, walls(t)) })
	t.Run("none", func(t *testing.T) { test(t, nil) })
}

// script is a command that runs a shell script in a folder of the test's.
func script(t *testing.T, text string) Command {
	t.Helper()
	dir := t.TempDir()
	return Command{Dir: dir, Write: []string{dir}, Argv: []string{"sh", "-c", text}}
}

func usual(t *testing.T) limits {
	t.Helper()
	l, err := limitsOf("")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// left returns the processes of this machine with mark in their arguments.
func left(t *testing.T, mark string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), mark) {
			found = append(found, file+": "+string(text))
		}
	}
	return found
}

func TestRun(t *testing.T) {
	both(t, func(t *testing.T, w *wall) {
		for name, tt := range map[string]struct {
			text   string
			want   string
			status int
		}{
			"prints":            {"echo a; echo b >&2; echo c >/dev/stderr", "a\nb\nc\n", 0},
			"fails":             {"echo a; exit 3", "a\n", 3},
			"writes to its own": {"echo x >f && cat f", "x\n", 0},
			"reads nothing":     {"cat", "", 0},
			"leaves a daemon":   {"sleep 1000 & echo a", "a\n", 0},
		} {
			output, err := script(t, tt.text).run(t.Context(), w, usual(t))
			status := 0
			if exit, ok := errors.AsType[*exec.ExitError](err); ok {
				status = exit.ExitCode()
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if output != tt.want || status != tt.status {
				t.Errorf("%s: %q, status %d; want %q, %d", name, output, status, tt.want, tt.status)
			}
		}
		c := Command{Dir: "/", Argv: []string{"no-such-program"}}
		if _, err := c.run(t.Context(), w, usual(t)); !errors.Is(err, exec.ErrNotFound) {
			t.Errorf("no-such-program: %v; want that it is not found", err)
		}
	})
}

// heard tells of what it is written, at once.
type heard chan string

func (h heard) Write(text []byte) (int, error) {
	h <- string(text)
	return len(text), nil
}

// What a command prints is heard while it runs: this one goes on when it was.
func TestHeard(t *testing.T) {
	both(t, func(t *testing.T, w *wall) {
		h := make(heard, 10)
		c := script(t, "echo a; while [ ! -e go ]; do sleep 0.05; done; echo b")
		c.Heard = h
		done := make(chan string)
		go func() {
			output, err := c.run(t.Context(), w, usual(t))
			if err != nil {
				t.Error(err)
			}
			done <- output
		}()
		if first := <-h; first != "a\n" {
			t.Errorf("first is heard %q; want a", first)
		}
		if err := os.WriteFile(filepath.Join(c.Dir, "go"), nil, 0o644); err != nil {
			t.Error(err)
		}
		if output := <-done; output != "a\nb\n" {
			t.Errorf("it printed %q; want a and b", output)
		}
		if last := <-h; last != "b\n" {
			t.Errorf("last is heard %q; want b", last)
		}
	})
}

// TestEnvironmentIsSealed sets what could change a build, and a secret, and
// finds nothing of it inside.
func TestEnvironmentIsSealed(t *testing.T) {
	for _, name := range []string{"SECRET_TOKEN", "MAKEFLAGS", "KCPPFLAGS", "LD_LIBRARY_PATH", "BASH_ENV", "PATH", "HOME", "GIT_DIR"} {
		t.Setenv(name, "/poison")
	}
	both(t, func(t *testing.T, w *wall) {
		c := script(t, "env; cat /proc/self/environ")
		c.Env = []string{"MINE=1", "TERM=mine"}
		output, err := c.run(t.Context(), w, usual(t))
		if err != nil || strings.Contains(output, "poison") || !strings.Contains(output, "MINE=1\n") || !strings.Contains(output, "TERM=mine\n") {
			t.Errorf("the environment is %q, %v; want nothing of the user's, and ours", output, err)
		}
	})
}

// TestDescriptorsAreClosed leaves a file open as a shell would.
func TestDescriptorsAreClosed(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "secret")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	both(t, func(t *testing.T, w *wall) {
		if _, err := unix.FcntlInt(f.Fd(), unix.F_SETFD, 0); err != nil {
			t.Fatal(err)
		}
		output, err := script(t, "readlink /proc/self/fd/*").run(t.Context(), w, usual(t))
		if strings.Contains(output, "secret") {
			t.Errorf("open are %q, %v; want nothing of ours", output, err)
		}
	})
}

// What a command starts may do much, but not insert a module here.
func TestCannotInsertModules(t *testing.T) {
	both(t, func(t *testing.T, w *wall) {
		output, err := Command{Dir: "/", Argv: []string{"cat", "/proc/self/status"}}.run(t.Context(), w, usual(t))
		if err != nil || !strings.Contains(output, "\nNoNewPrivs:\t1\n") {
			t.Errorf("%v, %s\nwant NoNewPrivs: 1", err, output)
		}
		var effective uint64
		_, caps, _ := strings.Cut(output, "\nCapEff:\t")
		if _, err := fmt.Sscanf(caps, "%x", &effective); err != nil || effective&(1<<unix.CAP_SYS_MODULE) != 0 {
			t.Errorf("CapEff = %x, %v; want it without CAP_SYS_MODULE", effective, err)
		}
		if w != nil && effective != 0 {
			t.Errorf("CapEff = %x; want no capability at all", effective)
		}
	})
}

// stubborn is a script that leaves processes behind which heed no signal, and
// says so in the file up.
const stubborn = `trap '' TERM INT HUP QUIT
sh -c 'trap "" TERM INT HUP; while :; do sleep 1000; done' MARK &
SETSID sh -c 'trap "" TERM INT HUP; while :; do sleep 1000; done' MARK >/dev/null 2>&1 &
touch up
wait`

// TestCancel ends a command that does not want to.
func TestCancel(t *testing.T) {
	both(t, func(t *testing.T, w *wall) {
		mark := fmt.Sprintf("kmodlab-stubborn-%d-%t", os.Getpid(), w == nil)
		c := script(t, strings.NewReplacer("MARK", mark, "SETSID", "setsid").Replace(stubborn))
		ctx, cancel := context.WithCancelCause(t.Context())
		why := errors.New("enough")
		go func() {
			for ctx.Err() == nil {
				if _, err := os.Stat(filepath.Join(c.Dir, "up")); err == nil {
					cancel(why)
				}
				time.Sleep(time.Millisecond)
			}
		}()
		if _, err := c.run(ctx, w, usual(t)); !errors.Is(err, why) {
			t.Errorf("run() = %v; want %v", err, why)
		}
		if l := left(t, mark); w != nil && len(l) > 0 {
			t.Errorf("%q are left; want nothing", l)
		}
		for len(left(t, mark)) > 0 { // without walls they were killed, but nobody waits for them
			time.Sleep(time.Millisecond)
		}
	})
}

// roleDir has this test program run a stubborn script in the folder that it
// names, instead of tests.
const roleDir = "KMODLAB_BOX_TEST_DIR"

// TestDiesWithTheHarness kills the harness, which cannot end anything then.
func TestDiesWithTheHarness(t *testing.T) {
	mark := func(dir string) string { return "kmodlab-orphan-" + filepath.Base(filepath.Dir(dir)) }
	if dir := os.Getenv(roleDir); dir != "" {
		text := strings.NewReplacer("MARK", mark(dir), "SETSID", "setsid").Replace(stubborn)
		Command{Dir: dir, Write: []string{dir}, Argv: []string{"sh", "-c", text}}.run(t.Context(), walls(t), usual(t))
		t.Fatal("the script has ended by itself")
	}
	walls(t)
	dir := t.TempDir()
	harness := exec.Command(os.Args[0], "-test.run=^TestDiesWithTheHarness$")
	harness.Env = append(os.Environ(), roleDir+"="+dir)
	if err := harness.Start(); err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "up")); err == nil {
			break
		}
		time.Sleep(time.Millisecond)
	}
	harness.Process.Kill()
	harness.Wait()
	for len(left(t, mark(dir))) > 0 { // until the test's own time is up
		time.Sleep(time.Millisecond)
	}
}

// TestEnds has commands do without end what they do. None is measured by a
// clock.
func TestEnds(t *testing.T) {
	for name, tt := range map[string]struct {
		text   string
		limits limits // what differs from the usual ones
		want   string
	}{
		"sleeps":         {"echo zzz; sleep 1000", limits{idle: 5}, "did nothing"},
		"sleeps often":   {"while :; do sleep 0.2; done", limits{looks: 20}, "it ran for"},
		"loops":          {"while :; do :; done", limits{cpu: time.Second}, "of CPU time"},
		"starts others":  {"while :; do /bin/true; done", limits{cpu: time.Second}, "of CPU time"},
		"prints":         {"yes", limits{printed: 1 << 20}, "it printed"},
		"forks":          {"while :; do sleep 1000 & done", limits{processes: 200}, "processes at once"},
		"fills its disk": {"i=0; while :; do i=$((i+1)); head -c 1000000 /dev/zero >f$i; done", limits{disk: 20_000_000}, "it wrote"},
	} {
		t.Run(name, func(t *testing.T) {
			w := walls(t)
			l := usual(t)
			l.every = 50 * time.Millisecond
			l.idle, l.looks = orInt(tt.limits.idle, l.idle), orInt(tt.limits.looks, 1<<40)
			l.cpu = time.Duration(orInt(int(tt.limits.cpu), int(l.cpu)))
			l.processes = orInt(tt.limits.processes, l.processes)
			l.printed, l.disk = int64(orInt(int(tt.limits.printed), int(l.printed))), int64(orInt(int(tt.limits.disk), int(l.disk)))
			mark := fmt.Sprintf("kmodlab-endless-%d-%s", os.Getpid(), strings.ReplaceAll(name, " ", "-"))
			_, err := script(t, ": "+mark+"\n"+tt.text).run(t.Context(), w, l)
			if fault.Of(err) != fault.Build || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("run() = %v; want a fault of the build with %q", err, tt.want)
			}
			if l := left(t, mark); len(l) > 0 {
				t.Errorf("%q are left; want nothing", l)
			}
		})
	}
}

// orInt returns the first of the two that is not 0.
func orInt(a, b int) int {
	if a != 0 {
		return a
	}
	return b
}

// TestSlowIsNotEndless runs what looks idle now and then but is not.
func TestSlowIsNotEndless(t *testing.T) {
	l := usual(t)
	l.every, l.idle = 10*time.Millisecond, 50
	output, err := script(t, "i=0; while [ $i -lt 60 ]; do sleep 0.1; i=$((i+1)); echo $i; done").run(t.Context(), walls(t), l)
	if err != nil || !strings.HasSuffix(output, "60\n") {
		t.Errorf("run() = %q, %v; want it to end by itself", output, err)
	}
}

// A process that cannot be seen, in a /proc that hides others, is not idle.
func TestUnseenIsNotIdle(t *testing.T) {
	l := usual(t)
	l.idle = 2
	w := newWatch(l, Command{Argv: []string{"x"}}, &process{first: -1, output: new(output)})
	for range 10 {
		if err := w.look(); err != nil {
			t.Fatalf("look() = %v; want nil", err)
		}
	}
}

func TestLimits(t *testing.T) {
	for _, text := range []string{"", "5h"} {
		if l, err := limitsOf(text); err != nil || l.idle < 100 || l.looks < l.idle || l.cpu < time.Hour {
			t.Errorf("limitsOf(%q) = %+v, %v", text, l, err)
		}
	}
	for _, text := range []string{"5", "x", "-1h", "0s"} {
		if _, err := limitsOf(text); fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), EnvLimit) {
			t.Errorf("limitsOf(%q) = %v; want a fault of usage that names %s", text, err, EnvLimit)
		}
	}
}

// TestPretenders has programs in the place of bwrap that make no box.
func TestPretenders(t *testing.T) {
	dir := t.TempDir()
	for name, tt := range map[string]struct{ text, want string }{
		"forbidden": {"echo 'bwrap: No permissions to create new namespace' >&2; exit 1", "No permissions"},
		"too old":   {"echo 'bwrap: Unknown option --size' >&2; exit 1", "--size"},
		"open":      {`while [ "$1" != -- ]; do shift; done; shift; exec "$@"`, "makes no box"},
		"half":      {`while [ "$1" != -- ]; do shift; done; shift; sed s/CapEff.*/CapEff:\\t0000000000000000/ /proc/self/status | sed s/NoNewPrivs.*/NoNewPrivs:\\t1/; "$@"`, "makes no box"},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+tt.text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		if w, err := build(path); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: build() = %+v, %v; want no box, %q", name, w, err, tt.want)
		}
	}
	if w, err := build(filepath.Join(dir, "none")); err == nil || !strings.Contains(err.Error(), "apt-get install bubblewrap") {
		t.Errorf("build() without a program = %+v, %v; want how to get it", w, err)
	}
}

// A box that breaks on the way is not the fault of what should run in it.
func TestBrokenBox(t *testing.T) {
	c := script(t, "true")
	c.Write = append(c.Write, filepath.Join(c.Dir, "not-there"))
	if _, err := c.run(t.Context(), walls(t), usual(t)); fault.Of(err) != fault.Host {
		t.Errorf("run() with a folder that is not there = %v; want a fault of the host", err)
	}
}

// TestNote says once what is not contained, on a machine without bubblewrap.
func TestNote(t *testing.T) {
	if _, err := ours(); err == nil {
		again := exec.Command(os.Args[0], "-test.run=^TestNote$", "-test.v")
		again.Env = []string{"PATH=/nowhere"}
		if output, err := again.CombinedOutput(); err != nil || !strings.Contains(string(output), "--- PASS: TestNote") {
			t.Errorf("without bwrap: %v\n%s", err, output)
		}
		return
	}
	var notes []string
	ctx := step.With(t.Context(), func(e step.Event) { notes = append(notes, e.Text) })
	for range 2 {
		if _, err := script(t, "true").Run(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if len(notes) != 1 || !strings.Contains(notes[0], "not contained") {
		t.Errorf("notes: %q; want one", notes)
	}
}

func TestParseStat(t *testing.T) {
	m, ok := parseStat([]byte("12 (a) R (b) S 7 12 12 0 -1 4194560 100 0 0 0 3 4 5 6 20 0 1 0 100 1 1\n"))
	if want := (member{pid: 12, parent: 7, state: "S", ticks: 18}); !ok || m != want {
		t.Errorf("parseStat() = %+v, %v; want %+v", m, ok, want)
	}
	for _, text := range []string{"", "12", "12 (a", "12 (a) R 1", ") ("} {
		if m, ok := parseStat([]byte(text)); ok {
			t.Errorf("parseStat(%q) = %+v; want nothing", text, m)
		}
	}
	if found := tree(os.Getpid()); !slices.ContainsFunc(found, func(m member) bool { return m.pid == os.Getpid() && m.parent == os.Getppid() }) {
		t.Errorf("tree() of this process = %+v; want it in there", found)
	}
}
