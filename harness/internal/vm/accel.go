// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// kvmDevice is where the host's kernel offers virtualisation.
const kvmDevice = "/dev/kvm"

// probed is what a trial of KVM gave.
type probed struct {
	Works  bool
	Reason string // why not
}

// Choose returns the accelerator for m on this machine: KVM if a guest really
// runs under it, TCG otherwise, and then a note says why.
//
// That the device opens proves nothing: on a nested or restricted host it
// opens, makes a VM, and no guest gets past its first instructions. So m is
// booted once, for a few seconds at most, and the answer is kept in the cache
// for as long as the host, QEMU and m are the same.
func Choose(ctx context.Context, c *cache.Cache, m Machine) (Accel, error) {
	if m.Kernel.Arch != runtime.GOARCH { // Debian's names and Go's agree where there are VMs
		step.Note(ctx, "VMs of %s are emulated on this machine, which is slower", m.Kernel.Arch)
		return TCG, nil
	}
	dev, err := os.OpenFile(kvmDevice, os.O_RDWR, 0)
	if err != nil {
		step.Note(ctx, "no KVM (%v): VMs are emulated, which is slower", err)
		return TCG, nil
	}
	dev.Close()
	host, err := hostIdentity()
	if err != nil {
		return "", err
	}
	const name = "kvm.json"
	tried := false
	dir, err := c.Dir(ctx, m.kvmInputs(host), func(ctx context.Context, tmp string) error {
		tried = true
		s := step.Start(ctx, "try KVM with a real guest (once)")
		p, err := tryKVM(ctx, m)
		if err != nil {
			return s.End(err)
		}
		text, err := json.Marshal(p)
		if err != nil {
			return s.End(err)
		}
		return s.End(os.WriteFile(filepath.Join(tmp, name), text, 0o644))
	})
	if err != nil {
		return "", err
	}
	var p probed
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	switch {
	case err != nil:
		return "", err
	case p.Works:
		return KVM, nil
	case !tried: // the whole story was told when it happened
		step.Note(ctx, "VMs are emulated, which is slower: %s runs no guest, see %s", kvmDevice, filepath.Join(dir, name))
		return TCG, nil
	}
	step.Note(ctx, "%s is there but runs no guest (%s): VMs are emulated, which is slower; remove %s to have it tried again", kvmDevice, p.Reason, dir)
	return TCG, nil
}

// tryKVM boots m under KVM. The error is that of a trial that could not be
// made: it was cancelled.
func tryKVM(ctx context.Context, m Machine) (probed, error) {
	m.Accel = KVM
	m.BootTimeout = 2500 * time.Millisecond // five times what a boot takes where it works
	v, err := Boot(ctx, m)
	if ctx.Err() != nil {
		return probed{}, context.Cause(ctx)
	}
	if err == nil {
		v.Close()
		return probed{Works: true}, nil
	}
	return probed{Reason: strings.Join(strings.Split(cause(err).Error(), "\n"), "; ")}, nil
}

// cause returns what a fault says happened, without who is to blame and how to
// get out of it.
func cause(err error) error {
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Err != nil {
		return f.Err
	}
	return err
}
