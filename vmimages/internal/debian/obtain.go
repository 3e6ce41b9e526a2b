// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// target is something that packages are chosen for: a kernel, a toolchain or an
// emulator.
type target struct {
	name, suite string
	arch        string        // whose packages are looked through, beside the host's
	pin         catalogue.Pin // what the lock says
	pinned      bool          // whether it says anything
	point       bool          // whether one release is meant, and not the newest
	exact       bool          // whether no other release will do
	keep        func(name string) bool
	choose      func([]entry) (catalogue.Pin, error)
	sift        func(context.Context, catalogue.Pin) (catalogue.Pin, error) // leaves of what was chosen what is needed; may be nil
	among       []string                                                    // what decides about the choice besides the archive: what of the catalogue is used
}

func kernelTarget(p *Provider, ch catalogue.Choice) target {
	if _, ok := p.catalogue.BuiltAs(ch.Flavour); ok {
		return builtTarget(p, ch, p.imageVersion(ch))
	}
	t := target{name: pinName(ch), arch: ch.Arch, suite: ch.Suite, keep: isKernelPackage, point: ch.ABI != ""}
	if t.point {
		t.name = p.catalogue.Name(ch)
	} else {
		t.pin, t.pinned = p.lock.Kernel(ch.Series, ch.Flavour, ch.Arch)
	}
	t.among = []string{ch.Series, ch.Flavour, ch.ABI, p.catalogue.Host}
	t.choose = func(all []entry) (catalogue.Pin, error) { return chooseKernel(all, ch, p.catalogue.Host) }
	return t
}

func toolchainTarget(p *Provider, t catalogue.Toolchain) target {
	wanted := map[string]bool{}
	for _, name := range t.Packages {
		wanted[name] = true
	}
	host := p.catalogue.Host
	tt := target{name: t.Name, arch: host, suite: t.Suite, among: slices.Sorted(slices.Values(t.Packages)), keep: func(name string) bool { return wanted[name] }}
	tt.pin, tt.pinned = p.lock.Toolchain(t.Name, host)
	tt.choose = func(all []entry) (catalogue.Pin, error) { return chooseToolchain(all, t, host) }
	return tt
}

// obtain calls use with the packages of the target: those of the lock, or,
// when the lock has none or the archive no longer has them, the newest ones,
// with a note. What was chosen is remembered, so that it is found again
// without a network. With the option Locked it never chooses.
func (p *Provider) obtain(ctx context.Context, t target, use func(catalogue.Pin) error) error {
	var failed error
	if chosen, ok := p.recall(t); ok && !p.options.Locked {
		note(ctx, t, chosen)
		failed = use(chosen)
	} else if t.pinned {
		failed = use(t.pin)
	} else if p.options.Locked && !t.point {
		return &fault.Error{Owner: fault.Usage, What: "kernels.lock does not pin " + t.name,
			Hint: "run without -locked, or take a flavour that is pinned"}
	} else {
		return p.obtainNewest(ctx, t, nil, use)
	}
	_, lacking := t.lacking(failed)
	switch {
	case isGone(failed) && p.options.Locked:
		return &fault.Error{Owner: fault.Archive, What: "what kernels.lock pins for " + t.name + " is gone", Err: failed,
			Hint: "run without -locked to take what the archive has now, or renew the lock: " + fault.Command("kernels:update")}
	case isGone(failed), lacking && !p.options.Locked:
		return p.obtainNewest(ctx, t, failed, use)
	}
	return failed
}

// obtainNewest calls use with the newest packages that the archive has; failed
// is what became of those that were tried before, if any. Of a kernel that the
// archive lists and does not have, the one before is tried: mirrors were seen
// to lack an image for weeks.
func (p *Provider) obtainNewest(ctx context.Context, t target, failed error, use func(catalogue.Pin) error) error {
	var newest error // of those that the archive lacks
	for without := []string(nil); ; {
		if pin, ok := t.lacking(failed); ok {
			step.Note(ctx, "%s lists %s and does not have all of it; looking for an older one", t.suite, describe(pin))
			newest, without = cmp.Or(newest, failed), append(without, pin.Release)
		}
		chosen, err := p.resolve(ctx, t, without)
		if err != nil {
			return cmp.Or(newest, err)
		}
		if err := p.remember(t, chosen); err != nil {
			return err
		}
		failed = use(chosen)
		if _, ok := t.lacking(failed); ok {
			continue
		}
		note(ctx, t, chosen)
		if isGone(failed) {
			return &fault.Error{Owner: fault.Archive, What: "the archive changes faster than it can be read", Where: t.suite, Err: failed, Hint: "run again"}
		}
		return failed
	}
}

// lacking returns the kernel that, as err says, the archive lists and lacks, if
// another one will do in its place.
func (t target) lacking(err error) (catalogue.Pin, bool) {
	l, ok := errors.AsType[*lackingError](err)
	if !ok || t.point || t.exact || l.pin.Release == "" {
		return catalogue.Pin{}, false
	}
	return l.pin, true
}

func isGone(err error) bool {
	_, ok := errors.AsType[*goneError](err)
	return ok
}

// note tells the user that something else than the pinned packages is used.
func note(ctx context.Context, t target, chosen catalogue.Pin) {
	switch {
	case t.point: // it is what was asked for
	case t.pinned:
		pinned, taken := describe(t.pin), describe(chosen)
		if pinned == taken { // a part of it was replaced, linux-kbuild of a series say
			pinned, taken = changed(t.pin, chosen), changed(chosen, t.pin)
		}
		step.Note(ctx, "%s: pinned is %s, which %s no longer has; taking %s", t.name, pinned, t.suite, taken)
	default:
		step.Note(ctx, "%s is not pinned in kernels.lock; taking %s", t.name, describe(chosen))
	}
}

// describe names a pin for a user.
func describe(p catalogue.Pin) string {
	if p.Release == "" {
		return p.Name + " " + p.Version
	}
	return p.Release + " (" + p.Version + ")"
}

// changed names the packages of a that b does not have as they are.
func changed(a, b catalogue.Pin) string {
	var names []string
	for _, pkg := range a.Packages {
		if !slices.Contains(b.Packages, pkg) {
			names = append(names, pkg.Name+" ("+pkg.Version+")")
		}
	}
	return strings.Join(names, ", ")
}

// resolve chooses the packages of the target among those that the archive has
// now, without some releases.
func (p *Provider) resolve(ctx context.Context, t target, without []string) (catalogue.Pin, error) {
	var pin catalogue.Pin
	err := p.withIndex(ctx, t.suite, t.arch, t.keep, func(all []entry, r root) (err error) {
		all = slices.DeleteFunc(all, func(e entry) bool {
			release, ok := strings.CutPrefix(e.Name, "linux-headers-")
			return ok && slices.Contains(without, release)
		})
		if pin, err = t.choose(all); err != nil {
			return &fault.Error{Owner: fault.Archive, What: "cannot choose " + t.name, Where: t.suite + " at " + r.site, Err: err,
				Hint: "see in vmimages/catalogue.toml whether the suite is the right one"}
		}
		return nil
	})
	if err == nil && t.sift != nil {
		pin, err = t.sift(ctx, pin)
	}
	return pin, err
}

// withIndex calls use with those packages of the suite whose names keep
// accepts, as the archive has them now: to be chosen from.
func (p *Provider) withIndex(ctx context.Context, suite, arch string, keep func(string) bool, use func([]entry, root) error) error {
	return p.withRoot(ctx, suite, arch, func(r root) error {
		if !r.isFresh() {
			if err := r.update(ctx); err != nil {
				return err
			}
		}
		if err := r.current(time.Now()); err != nil {
			return err
		}
		entries, err := r.index(keep)
		if err != nil {
			return err
		}
		return use(entries, r)
	})
}

// choiceFile is where the choice for the target is remembered. It depends on
// the lock: a new pin is tried first.
func (p *Provider) choiceFile(t target) string { return p.place(choiceInputs(t)) + ".json" }

func (p *Provider) recall(t target) (catalogue.Pin, bool) {
	var pin catalogue.Pin
	text, err := os.ReadFile(p.choiceFile(t))
	return pin, err == nil && json.Unmarshal(text, &pin) == nil
}

func (p *Provider) remember(t target, pin catalogue.Pin) error {
	text, err := json.MarshalIndent(pin, "", "  ")
	if err != nil {
		return err
	}
	file := p.choiceFile(t)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".new-")
	if err != nil {
		return err
	}
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp.Name()))
	}
	return os.Rename(tmp.Name(), file)
}
