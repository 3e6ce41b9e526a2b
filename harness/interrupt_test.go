// SPDX-License-Identifier: GPL-2.0-only

package harness_test

import (
	"bytes"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kmodlab/harness/internal/emulator"
	"kmodlab/harness/internal/host"
	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/vmimages"
	"kmodlab/vmimages/vmimagestest"
)

// series is the kernel that runs are interrupted on.
const series = "6.12"

// TestInterrupt presses Ctrl-C, which is a SIGINT to the process group, at
// every stage of a run of the real program.
func TestInterrupt(t *testing.T) {
	real := needs(t)
	lab := newLab(t)
	asked := new(atomic.Bool)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked.Store(true)
		<-r.Context().Done() // it never answers
	}))
	defer server.Close()
	defer server.CloseClientConnections()

	lab.cache = t.TempDir()
	lab.interrupt(t, "download", []string{vmimages.EnvMirror + "=" + server.URL + "/debian", "no_proxy=127.0.0.1"}, func(string) bool { return asked.Load() })

	lab.cache = t.TempDir()
	// What was downloaded, but nothing that a run makes of it in the cache: that
	// must come into being here.
	for _, kind := range []string{"deb", "initramfs", "kvm"} {
		if err := os.Symlink(filepath.Join(real, kind), filepath.Join(lab.cache, kind)); err != nil {
			t.Fatal(err)
		}
	}
	lab.interrupt(t, "build", nil, func(string) bool { return slices.Contains(lab.processes(t), "make") })
	lab.interrupt(t, "boot", nil, func(string) bool {
		booting, _ := filepath.Glob(filepath.Join(lab.cache, "tmp/template-*/ram"))
		return len(booting) > 0 && slices.Contains(lab.processes(t), emulating)
	})
	lab.interrupt(t, "case", nil, func(output string) bool { return strings.Contains(output, "$ run sleep 100000") })

	output, err := lab.start(t, "run", "notify", nil).wait()
	if err != nil || !strings.Contains(output, " passed, 0 failed, 0 skipped") {
		t.Errorf("the run after all that: %v\n%s", err, output)
	}
	lab.nothingLeft(t, "in the end")
}

// needs returns the folder of the real cache, or skips the test where a run
// cannot be had from what is there.
func needs(t *testing.T) string {
	t.Helper()
	if runtime.GOARCH != "amd64" {
		t.Skip("looks for the emulator of amd64")
	}
	c, _ := vmimagestest.Kernel(t, series)
	if _, archive := vmimagestest.Archive(t); !isCached(archive) {
		t.Setenv(emulator.Env, emulator.Host) // nothing is downloaded
	}
	return c.Root()
}

func isCached(archive *vmimages.Archive) bool {
	_, cached := archive.CachedEmulator("amd64")
	return cached
}

// lab is the project in a folder where a run may leave results, with few
// modules, and a lesson that takes its time.
type lab struct {
	dir, program, cache string
}

func newLab(t *testing.T) *lab {
	t.Helper()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	l := &lab{dir: t.TempDir()}
	for _, name := range []string{"go.mod", "go.sum", "guest", "harness", "internal", "magefile.go", "vmimages"} {
		if err := os.Symlink(filepath.Join(root, name), filepath.Join(l.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"Kbuild", "include", "buildchain", "regchain", "notify"} {
		from, to := filepath.Join(root, "kmod", name), filepath.Join(l.dir, "kmod", name)
		if err := copyAll(from, to); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(l.dir, "kmod", "wait"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(l.dir, "kmod/wait/wait.txtar"), []byte("# It waits.\nrun sleep 100000\ndmesg\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	l.program = filepath.Join(l.dir, "lab")
	compile := exec.Command("go", "tool", "mage", "-compile", l.program)
	compile.Dir = l.dir
	if output, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("compile the magefile: %v\n%s", err, output)
	}
	return l
}

// copyAll copies a file, or a folder with everything in it.
func copyAll(from, to string) error {
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.WriteFile(to, text, 0o644))
}

// run is a run of the program.
type run struct {
	cmd  *exec.Cmd
	done chan error

	mu     sync.Mutex
	output bytes.Buffer // on both streams
}

// Write takes in what the program prints.
func (r *run) Write(text []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.output.Write(text)
}

func (r *run) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.output.String()
}

func (r *run) wait() (string, error) {
	err := <-r.done
	return r.said(), err
}

func (l *lab) start(t *testing.T, target, lesson string, env []string) *run {
	t.Helper()
	r := &run{cmd: exec.Command(l.program, target, "-kernel="+series, "-lesson="+lesson), done: make(chan error, 1)}
	r.cmd.Dir, r.cmd.Stdout, r.cmd.Stderr = l.dir, r, r
	r.cmd.Env = append(append(os.Environ(), cache.Env+"="+l.cache), env...)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.done <- r.cmd.Wait() }()
	return r
}

// interrupt runs the program, presses Ctrl-C once it has reached the stage, and
// looks at what it says and what it leaves.
func (l *lab) interrupt(t *testing.T, stage string, env []string, reached func(output string) bool) {
	t.Helper()
	r := l.start(t, "run", "wait", env)
	for !reached(r.said()) {
		select {
		case err := <-r.done:
			t.Fatalf("%s: the run ended before it was interrupted: %v\n%s", stage, err, r.said())
		case <-time.After(5 * time.Millisecond):
		}
	}
	if err := syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	output, err := r.wait()
	exit := new(exec.ExitError)
	if !errors.As(err, &exit) || exit.ExitCode() != fault.ExitHarness {
		t.Errorf("%s: interrupted, the run ends with %v; want exit status %d\n%s", stage, err, fault.ExitHarness, output)
	}
	if n := strings.Count(output, "Error: interrupted; "); n != 1 || strings.Count(output, "Error: ") != 1 || strings.Contains(output, "goroutine ") {
		t.Errorf("%s: interrupted, it says\n%s\nwant one sentence about it", stage, output)
	}
	l.nothingLeft(t, stage)
	t.Logf("%s:\n%s", stage, output)
}

// nothingLeft looks for processes, temporary files and locks.
func (l *lab) nothingLeft(t *testing.T, stage string) {
	t.Helper()
	if left := l.processes(t); len(left) > 0 {
		t.Errorf("%s: %v still run; want nobody", stage, left)
	}
	for _, sub := range []string{"tmp/*", "locks/*"} {
		if left, err := filepath.Glob(filepath.Join(l.cache, sub)); err != nil || len(left) > 0 {
			t.Errorf("%s: %v, %v are left; want nothing", stage, left, err)
		}
	}
}

// emulating is what [lab.processes] calls a QEMU, whatever its program is called.
const emulating = "QEMU"

// processes returns the names of the processes that have the lab's cache in
// their environment, or in their arguments: those that build and emulate do not
// get to see the environment.
func (l *lab) processes(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("/proc")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if _, err := strconv.Atoi(e.Name()); err != nil {
			continue
		}
		dir := filepath.Join("/proc", e.Name())
		env, err := os.ReadFile(filepath.Join(dir, "environ")) // empty when it has ended
		if err != nil {
			continue
		}
		args, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || !slices.Contains(strings.Split(string(env), "\x00"), cache.Env+"="+l.cache) && !strings.Contains(string(args), l.cache) {
			continue
		}
		comm, err := os.ReadFile(filepath.Join(dir, "comm"))
		switch {
		case host.IsEmulator(string(args)):
			names = append(names, emulating)
		case err == nil:
			names = append(names, strings.TrimSpace(string(comm)))
		}
	}
	return names
}
