// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kmodlab/harness/internal/host"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
)

// victim tells the test binary to be the harness that will be killed: it names
// the cache to use.
const victim = "KMODLAB_TEST_VICTIM"

// TestVictim is no test: it is what TestNothingIsLeft kills. It says when it
// boots, and when it has a clone.
func TestVictim(t *testing.T) {
	dir := os.Getenv(victim)
	if dir == "" {
		t.Skip("is started by TestNothingIsLeft")
	}
	l := newLab(t, "")
	c, err := cache.At(dir)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("stage: freezing")
	template, err := vm.Freeze(t.Context(), c, l.machine)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := template.Clone(t.Context()); err != nil {
		t.Fatal(err)
	}
	fmt.Println("stage: cloned")
	time.Sleep(time.Hour)
}

// TestNothingIsLeft kills a harness in the middle of its work and looks for
// what it left: a QEMU, a lock, a file.
func TestNothingIsLeft(t *testing.T) {
	newLab(t, "")
	dir := t.TempDir()
	for _, tt := range []struct {
		stage  string
		signal syscall.Signal
	}{
		{"freezing", syscall.SIGKILL},
		{"cloned", syscall.SIGKILL},
		{"cloned", syscall.SIGINT},
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestVictim$")
		cmd.Env = append(os.Environ(), victim+"="+dir)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		for sc := bufio.NewScanner(out); sc.Scan() && sc.Text() != "stage: "+tt.stage; {
			t.Log(sc.Text())
		}
		pids := waitForQEMU(t, cmd.Process.Pid)
		cmd.Process.Signal(tt.signal)
		cmd.Wait()
		for _, pid := range pids {
			t.Logf("%v while %s: waiting for the end of QEMU %s", tt.signal, tt.stage, pid)
			for !ended(pid) {
				time.Sleep(10 * time.Millisecond)
			}
		}
		if _, err := cache.At(dir); err != nil { // the next run cleans up
			t.Fatal(err)
		}
		for _, sub := range []string{"tmp/*", "locks/*"} {
			if left, _ := filepath.Glob(filepath.Join(dir, sub)); len(left) > 0 {
				t.Errorf("%v while %s: %v is left; want nothing", tt.signal, tt.stage, left)
			}
		}
	}
}

// waitForQEMU returns the pids of the QEMUs that the process started, once
// there are any.
func waitForQEMU(t *testing.T, parent int) []string {
	t.Helper()
	for ; !ended(strconv.Itoa(parent)); time.Sleep(10 * time.Millisecond) {
		var pids []string
		for _, pid := range host.Emulators(parent) {
			pids = append(pids, strconv.Itoa(pid))
		}
		if len(pids) > 0 {
			return pids
		}
	}
	t.Fatal("the harness ended and had started no QEMU")
	return nil
}

// ended tells whether a process has ended. A zombie has; when its parent reaps
// it is not up to us.
func ended(pid string) bool {
	stat, err := os.ReadFile("/proc/" + pid + "/stat")
	return err != nil || strings.Contains(string(stat), ") Z ")
}
