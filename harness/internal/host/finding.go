// SPDX-License-Identifier: GPL-2.0-only

package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"kmodlab/internal/box"
)

// State is how good a finding is.
type State string

// The states.
const (
	Good    State = "ok"
	Lacking State = "missing" // nothing runs without it
	Poor    State = "poor"    // it runs, slower or with less protection
)

// Finding is what this machine has of one thing that is needed.
type Finding struct {
	What  string `json:"what"`
	State State  `json:"state"`
	Says  string `json:"says"`           // what there is, or what is wrong
	Hint  string `json:"hint,omitempty"` // what to do about it
}

// Examine looks at this machine, with the cache in the folder cache. It changes
// nothing and asks nobody outside; mirror tells where kernels come from.
func Examine(ctx context.Context, cache string, mirror func(context.Context) (string, error), arches ...string) []Finding {
	findings := []Finding{system(), memory(), disk(cache)}
	for _, n := range append(Needs(arches...), Need{Program: "go", Package: "golang"}) {
		findings = append(findings, n.finding(ctx))
	}
	return append(findings, kvm(cache), walls(), archive(ctx, mirror))
}

// system is what runs here, and on how many processors.
func system() Finding {
	name := "an unknown system"
	if text, err := os.ReadFile("/etc/os-release"); err == nil {
		for line := range strings.Lines(string(text)) {
			if value, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
				name = strings.Trim(strings.TrimSpace(value), `"`)
			}
		}
	}
	var u unix.Utsname
	if err := unix.Uname(&u); err == nil {
		name += ", kernel " + unix.ByteSliceToString(u.Release[:])
	}
	return Finding{What: "system", State: Good, Says: fmt.Sprintf("%s, %s, %d CPUs", name, runtime.GOARCH, runtime.NumCPU())}
}

// memory is how much is free: a VM takes 256 MiB of it at most.
func memory() Finding {
	const least = 1 << 30
	free, known := Available()
	switch {
	case !known:
		return Finding{"memory", Poor, "/proc/meminfo does not tell", ""}
	case free < least:
		return Finding{"memory", Poor, fmt.Sprintf("%.1f GiB available", gib(free)), "few VMs run at once; end what uses memory"}
	}
	return Finding{"memory", Good, fmt.Sprintf("%.1f GiB available", gib(free)), ""}
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }

// disk is where the cache is, and what is free there: four kernels with their
// headers and compilers take 3 GiB.
func disk(cache string) Finding {
	const least = 4 << 30
	var s unix.Statfs_t
	if err := unix.Statfs(cache, &s); err != nil {
		return Finding{"cache", Lacking, cache + ": " + err.Error(), "set KMODLAB_CACHE to a folder that can be written to"}
	}
	free := int64(s.Bavail) * s.Bsize
	state, hint := Good, ""
	if free < least {
		state, hint = Poor, "free some space there, or set KMODLAB_CACHE to a folder on another disk"
	}
	return Finding{"cache", state, fmt.Sprintf("%s, %.1f GiB free", cache, gib(free)), hint}
}

// finding tells whether the need is met, and by which version of it.
func (n Need) finding(ctx context.Context) Finding {
	path, err := exec.LookPath(n.Program)
	if err != nil {
		state := Lacking
		if n.Optional || n.Program == "qemu-system-aarch64" {
			state = Poor
		}
		return Finding{n.Program, state, "not installed", n.install()}
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	argument := "--version"
	if n.Program == "go" {
		argument = "version"
	}
	cmd := exec.CommandContext(ctx, path, argument)
	cmd.WaitDelay = time.Second
	output, err := cmd.Output()
	if err != nil {
		return Finding{n.Program, Poor, fmt.Sprintf("%s does not tell its version: %v", path, err), ""}
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	return Finding{n.Program, Good, first, ""}
}

// install is the command that brings the need, for the package manager that this
// machine has.
func (n Need) install() string {
	for _, m := range managers {
		if _, err := exec.LookPath(m.program); err != nil {
			continue
		}
		name := n.Package
		if other, ok := m.names[name]; ok {
			name = other
		}
		return "run: sudo " + m.program + " " + m.install + " " + name
	}
	return "install what Debian calls " + n.Package
}

// kvm tells what a trial of it gave; only a kernel that boots proves it.
func kvm(cache string) Finding {
	dev, err := os.OpenFile("/dev/kvm", os.O_RDWR, 0)
	if err != nil {
		return Finding{"KVM", Poor, err.Error() + ": VMs are emulated, which is slower", "with permission to use /dev/kvm (group kvm) or nested virtualisation they would be faster; verdicts are the same"}
	}
	dev.Close()
	tried, _ := filepath.Glob(filepath.Join(cache, "kvm", "*", "kvm.json")) // the pattern is well formed
	newest, at := "", time.Time{}
	for _, path := range tried {
		if info, err := os.Stat(path); err == nil && info.ModTime().After(at) {
			newest, at = path, info.ModTime()
		}
	}
	var p struct {
		Works  bool
		Reason string
	}
	text, err := os.ReadFile(newest)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	switch {
	case errors.Is(err, os.ErrNotExist) || newest == "":
		return Finding{"KVM", Good, "/dev/kvm opens; the first VM will tell whether it runs guests", ""}
	case err != nil:
		return Finding{"KVM", Poor, err.Error(), "remove " + newest}
	case p.Works:
		return Finding{"KVM", Good, "a guest ran under it", ""}
	}
	return Finding{"KVM", Poor, "/dev/kvm opens and runs no guest: VMs are emulated, which is slower", "remove " + filepath.Dir(newest) + " to have it tried again; it says why"}
}

// walls tells whether builds run in a box.
func walls() Finding {
	if err := box.Walls(); err != nil {
		return Finding{"walls for builds", Poor, err.Error(), "without bubblewrap and user namespaces a foreign Makefile can do what you can"}
	}
	return Finding{"walls for builds", Good, "bubblewrap runs", ""}
}

// archive tells which mirror kernels come from.
func archive(ctx context.Context, mirror func(context.Context) (string, error)) Finding {
	where, err := mirror(ctx)
	if err != nil {
		return Finding{"kernel archive", Lacking, strings.ReplaceAll(err.Error(), "\n", ";"),
			"set KMODLAB_MIRROR, or mirror in kmodlab.toml, to a mirror of Debian; Debian lists them under \"worldwide mirror sites\""}
	}
	return Finding{"kernel archive", Good, where, ""}
}
