// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"kmodlab/harness/cache"
	"kmodlab/harness/fault"
	"kmodlab/harness/kernel"
	"kmodlab/vmimages/hand"
)

// inputs is everything that an image is made of.
type inputs struct {
	root    string // folder of go.mod
	kernel  *kernel.Kernel
	hand    string   // names the hand: its sources and its compiler
	arch    string   // GOARCH
	pins    []string // "module version" of every requirement in go.mod
	sources []string // the agent's sources: path, contents, path, contents ...
	virtio  []virtioModule
}

// virtioModule is a module that goes into the image.
type virtioModule struct {
	name string // its file name
	data []byte
}

// readInputs reads what an image for k is made of. It reads a few small files
// and starts nothing, for it is done in every run.
func readInputs(root string, k *kernel.Kernel) (*inputs, error) {
	in := &inputs{root: root, kernel: k, arch: k.Arch} // Debian's and Go's names agree for amd64 and arm64
	gomod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return nil, err
	}
	in.pins = pins(string(gomod))
	if in.hand, err = hand.Key(k); err != nil {
		return nil, err
	}
	for _, dir := range []string{"vmimages/agent", "harness/wire"} {
		paths, err := filepath.Glob(filepath.Join(root, dir, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			if strings.HasSuffix(path, "_test.go") {
				continue
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			in.sources = append(in.sources, filepath.Base(path), string(text))
		}
	}
	for _, path := range k.Virtio {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		in.virtio = append(in.virtio, virtioModule{name: filepath.Base(path), data: data})
	}
	return in, nil
}

// pins returns the requirements of a go.mod, without its comments.
func pins(gomod string) []string {
	var found []string
	inside := false
	for line := range strings.Lines(gomod) {
		line, _, _ = strings.Cut(line, "//")
		line = strings.TrimSpace(line)
		switch {
		case line == "require (":
			inside = true
		case line == ")":
			inside = false
		case inside && line != "":
			found = append(found, line)
		case strings.HasPrefix(line, "require "):
			found = append(found, strings.TrimPrefix(line, "require "))
		}
	}
	return found
}

func (in *inputs) userlandKey() string {
	parts := append([]string{"userland", runtime.Version(), in.arch, shellTag}, in.pins...)
	return cache.Key(append(parts, commands()...)...)
}

func (in *inputs) imageKey() string {
	parts := append([]string{"image", in.userlandKey(), in.hand}, in.sources...)
	for _, m := range in.virtio {
		parts = append(parts, m.name, string(m.data))
	}
	return cache.Key(parts...)
}

// goCommand runs the go command, or a program that runs it, to build programs
// for arch, with temporary files below work. All its children end with ctx, or
// with this process.
func (in *inputs) goCommand(ctx context.Context, work, arch, program string, args ...string) error {
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = in.root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+arch, "GOTMPDIR="+work, "TMPDIR="+work)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	err := cmd.Run()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, exec.ErrNotFound):
		return &fault.Error{Party: fault.Host, What: "there is no go command", Err: err, Fix: "put the go command of the toolchain that built this into PATH"}
	}
	return &fault.Error{Party: fault.Harness, What: "cannot build the guest's programs", Where: fmt.Sprintf("%s %s ...", filepath.Base(program), args[0]),
		Err: fmt.Errorf("%w\n%s", err, tail(log.String(), 20)), Fix: "when a module could not be downloaded, run once with network"}
}

// tail returns the last n lines of text.
func tail(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
