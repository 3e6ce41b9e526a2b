// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// Change is what an update changes about one pin.
type Change struct {
	Name     string // of the kernel, toolchain or emulator
	Old, New string // what is pinned; Old is empty for a new pin, New for one that goes
	Packages int    // how many packages are new
}

// String says the change in one line.
func (c Change) String() string {
	switch {
	case c.Old == "":
		return fmt.Sprintf("%s: new: %s", c.Name, c.New)
	case c.New == "":
		return fmt.Sprintf("%s: no longer in the catalogue: %s", c.Name, c.Old)
	case c.Old == c.New:
		return fmt.Sprintf("%s: %s, %d packages renewed", c.Name, c.New, c.Packages)
	}
	return fmt.Sprintf("%s: %s becomes %s", c.Name, c.Old, c.New)
}

// Update asks the archive for the newest packages of every series in every
// flavour on every architecture, of every toolchain and of every emulator. It
// returns the lock that names them
// and how it differs from the one the provider works with; writing it to
// [catalogue.LockFile] is the caller's. What is pinned out of a suite whose index is
// past its date stays, and is told of.
func (p *Provider) Update(ctx context.Context) (*catalogue.Lock, []Change, error) {
	lock := &catalogue.Lock{}
	choices, err := p.catalogue.Select("all", "all", "all")
	if err != nil {
		return nil, nil, err
	}
	for _, ch := range choices {
		pin, err := p.renew(ctx, kernelTarget(p, ch))
		var absent *absentError
		if errors.As(err, &absent) && ch.Flavour != p.catalogue.Flavours[0] {
			step.Note(ctx, "%s is not pinned: %s has %v", p.catalogue.Name(ch), ch.Suite, absent)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		lock.Kernels = append(lock.Kernels, pin)
	}
	if err := p.updateBuilt(ctx, lock); err != nil {
		return nil, nil, err
	}
	for _, t := range p.catalogue.Trees() {
		pin, err := p.renew(ctx, toolchainTarget(p, t))
		if err != nil {
			return nil, nil, err
		}
		lock.Toolchains = append(lock.Toolchains, pin)
	}
	for _, e := range p.catalogue.Emulators {
		pin, err := p.renew(ctx, emulatorTarget(p, e))
		if err != nil {
			return nil, nil, err
		}
		lock.Emulators = append(lock.Emulators, pin)
	}
	changes := slices.Concat(compareLocks(p.lock.Kernels, lock.Kernels), compareLocks(p.lock.Toolchains, lock.Toolchains),
		compareLocks(p.lock.Emulators, lock.Emulators))
	return lock, changes, nil
}

// renew returns what the archive has now of what is wanted, or what is pinned where
// that cannot be known.
func (p *Provider) renew(ctx context.Context, t target) (catalogue.Pin, error) {
	pin, err := p.resolve(ctx, t, nil)
	if expired, ok := errors.AsType[*expiredError](err); ok && t.pinned {
		step.Note(ctx, "%s stays as it is pinned: the index of %s is past its date (%v)", t.name, t.suite, expired)
		return t.pin, nil
	}
	return pin, err
}

// updateBuilt pins the sources of what is built here: of exactly the releases that
// the lock pins. Those that the archive does not have it tells of.
func (p *Provider) updateBuilt(ctx context.Context, lock *catalogue.Lock) error {
	for _, b := range p.catalogue.Built {
		choices, err := p.catalogue.Select("all", b.Flavour, b.Arch)
		if err != nil {
			return err
		}
		for _, ch := range choices {
			image, _ := lock.Kernel(ch.Series, p.catalogue.Flavours[0], ch.Arch)
			pin, err := p.renew(ctx, builtTarget(p, ch, image.Version))
			if absent, ok := errors.AsType[*noSourcesError](err); ok {
				step.Note(ctx, "%s is not pinned: %v", p.catalogue.Name(ch), absent)
				continue
			}
			if err != nil {
				return err
			}
			lock.Kernels = append(lock.Kernels, pin)
		}
	}
	return nil
}

// compareLocks lists how the pins after differ from those before.
func compareLocks(before, after []catalogue.Pin) []Change {
	type key struct{ name, arch string }
	old := map[key]catalogue.Pin{}
	for _, pin := range before {
		old[key{pin.Name, pin.Arch}] = pin
	}
	var changes []Change
	for _, pin := range after {
		was, ok := old[key{pin.Name, pin.Arch}]
		delete(old, key{pin.Name, pin.Arch})
		c := Change{Name: pin.Name, New: describe(pin), Packages: newPackages(was, pin)}
		if ok {
			c.Old = describe(was)
		}
		if c.Packages > 0 {
			changes = append(changes, c)
		}
	}
	for _, pin := range before {
		if _, gone := old[key{pin.Name, pin.Arch}]; gone {
			changes = append(changes, Change{Name: pin.Name, Old: describe(pin)})
		}
	}
	return changes
}

// newPackages counts the packages of after that before did not have.
func newPackages(before, after catalogue.Pin) int {
	had := map[catalogue.Package]bool{}
	for _, pkg := range before.All() {
		had[pkg] = true
	}
	n := 0
	for _, pkg := range after.All() {
		if !had[pkg] {
			n++
		}
	}
	return n
}
