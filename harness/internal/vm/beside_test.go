// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/step"
)

// twin tells the test binary to be one of two harnesses: it names the cache
// that they share.
const twin = "KMODLAB_TEST_TWIN"

// TestTwin is no test of its own: it is one of the harnesses that
// TestTwoHarnesses starts.
func TestTwin(t *testing.T) {
	dir := os.Getenv(twin)
	if dir == "" {
		t.Skip("is started by TestTwoHarnesses")
	}
	l := newLab(t, "")
	c, err := cache.At(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx := step.With(t.Context(), func(e step.Event) {
		if e.Kind == step.Began {
			fmt.Println("began:", e.Name)
		}
	})
	template, err := vm.Freeze(ctx, c, l.machine)
	if err != nil {
		t.Fatal(err)
	}
	v, err := template.Clone(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	if ans := l.insert(t, v, "lines=3"); ans.Errno != 0 || len(own(ans.Records)) != 4 {
		t.Errorf("insert: errno %v, log %q; want 4 lines", ans.Errno, own(ans.Records))
	}
}

// TestTwoHarnesses has two processes want the same frozen VM at once: one
// makes it, both run.
func TestTwoHarnesses(t *testing.T) {
	newLab(t, "")
	dir := t.TempDir()
	var outputs [2]bytes.Buffer
	var cmds [2]*exec.Cmd
	for i := range cmds {
		cmds[i] = exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestTwin$", "-test.v")
		cmds[i].Env = append(os.Environ(), twin+"="+dir)
		cmds[i].Stdout, cmds[i].Stderr = &outputs[i], &outputs[i]
		if err := cmds[i].Start(); err != nil {
			t.Fatal(err)
		}
	}
	said := ""
	for i, cmd := range cmds {
		err := cmd.Wait()
		text := outputs[i].String()
		if said += text; err != nil || !strings.Contains(text, "--- PASS: TestTwin") {
			t.Errorf("one of two harnesses: %v\n%s", err, text)
		}
	}
	if n := strings.Count(said, "began: boot and freeze"); n != 1 {
		t.Errorf("%d times a VM was booted and frozen; want once\n%s", n, said)
	}
	for sub, want := range map[string]int{"template/*": 1, "tmp/*": 0, "locks/*": 0} {
		if found, _ := filepath.Glob(filepath.Join(dir, sub)); len(found) != want {
			t.Errorf("%s: %v; want %d", sub, found, want)
		}
	}
}
