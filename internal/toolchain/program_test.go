// SPDX-License-Identifier: GPL-2.0-only

package toolchain

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"kmodlab/internal/kernel"
)

// What a build starts may do much, but not insert a module here.
func TestProgramCannotInsertModules(t *testing.T) {
	output, err := Program{Dir: t.TempDir(), Argv: []string{"cat", "/proc/self/status"}}.Run(context.Background(), &kernel.Kernel{})
	if err != nil {
		t.Fatal(err)
	}
	status := map[string]string{}
	for line := range strings.Lines(output) {
		name, value, _ := strings.Cut(line, ":")
		status[name] = strings.TrimSpace(value)
	}
	if status["NoNewPrivs"] != "1" {
		t.Errorf("NoNewPrivs = %q; want 1", status["NoNewPrivs"])
	}
	effective, err := strconv.ParseUint(status["CapEff"], 16, 64)
	if err != nil || effective&(1<<unix.CAP_SYS_MODULE) != 0 {
		t.Errorf("CapEff = %q, %v; want it without CAP_SYS_MODULE", status["CapEff"], err)
	}
}

func TestProgramEnvironment(t *testing.T) {
	dir, bin := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "uname"), []byte("#!/bin/sh\necho ours\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	k := &kernel.Kernel{Toolchain: kernel.Toolchain{Bin: "/toolchain", Env: []string{"A=kernel"}}}
	output, err := Program{Dir: dir, Argv: []string{"sh", "-c", "uname; pwd; echo $A $B; echo $PATH"}, Env: []string{"B=command"}, Path: bin}.Run(context.Background(), k)
	lines := strings.Split(output, "\n")
	if err != nil || len(lines) < 4 || lines[0] != "ours" || lines[1] != dir || lines[2] != "kernel command" || !strings.HasPrefix(lines[3], bin+":/toolchain:") {
		t.Errorf("Run() = %q, %v; want our uname, %s, both variables, and PATH with both folders", output, err, dir)
	}
}

func TestProgramEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	why := errors.New("enough")
	time.AfterFunc(50*time.Millisecond, func() { cancel(why) })
	if _, err := (Program{Dir: t.TempDir(), Argv: []string{"sh", "-c", "sleep 1000 & wait"}}).Run(ctx, &kernel.Kernel{}); !errors.Is(err, why) {
		t.Errorf("Run() = %v; want %v", err, why)
	}
	if _, err := (Program{Dir: t.TempDir(), Argv: []string{"no-such-program"}}).Run(context.Background(), &kernel.Kernel{}); !errors.Is(err, exec.ErrNotFound) {
		t.Errorf("Run(no-such-program) = %v; want that it is not found", err)
	}
}
