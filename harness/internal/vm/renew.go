// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"errors"
	"strings"

	"kmodlab/internal/step"
)

// Frozen tells whether clones are copies of a frozen VM, or booted one by one.
func (t *Template) Frozen() bool { return t.now().dir != "" }

// Clone returns a copy of the frozen VM that runs and has answered. ctx is its
// life: when it ends, so does QEMU. Clones share the template's memory until
// they write to it. A clone that does not answer is a [fault.Error] of the
// boot: it says nothing about any module.
//
// A frozen VM that QEMU does not go on with is thrown away, with a note, and
// made again, once: it is sound, or [Freeze] would have seen it, and still of no
// use here.
func (t *Template) Clone(ctx context.Context) (*VM, error) {
	was := t.now()
	v, err := was.clone(ctx)
	refused, ok := errors.AsType[*cannotThaw](err)
	if !ok || t.cache == nil || ctx.Err() != nil {
		return v, err
	}
	now, failed := t.renew(ctx, was, refused)
	switch {
	case failed != nil:
		return nil, failed
	case now == nil:
		return nil, err
	}
	return now.clone(ctx)
}

// now returns the template as it is, for one clone.
func (t *Template) now() *Template {
	t.mu.Lock()
	defer t.mu.Unlock()
	return &Template{machine: t.machine, dir: t.dir, meta: t.meta}
}

// same says whether two templates are of the same moment.
func (t *Template) same(other *Template) bool {
	return t.dir == other.dir && t.meta.RAM == other.meta.RAM && t.meta.State == other.meta.State
}

// renew makes the frozen VM again, unless another clone has had that done since
// it was, and returns it; nothing when that was done before, in vain.
func (t *Template) renew(ctx context.Context, was *Template, why *cannotThaw) (*Template, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case !t.same(was):
		return &Template{machine: t.machine, dir: t.dir, meta: t.meta}, nil
	case t.renewed:
		return nil, nil
	}
	t.renewed = true
	step.Note(ctx, "QEMU does not go on with the frozen VM of %s, which is made again: %s", t.machine.Kernel.Release, strings.ReplaceAll(cause(why).Error(), "\n", "; "))
	in, err := t.machine.frozenInputs()
	if err != nil {
		return nil, err
	}
	err = t.cache.EvictIf(ctx, in.Kind(), in.Key(), func(dir string) error {
		there, err := openTemplate(t.machine, dir)
		if err == nil && there.same(was) {
			err = why
		}
		return err // nil: another run has made it again
	})
	if err != nil {
		return nil, err
	}
	fresh, err := Freeze(ctx, t.cache, t.machine)
	if err != nil {
		return nil, err
	}
	t.dir, t.meta = fresh.dir, fresh.meta
	return &Template{machine: t.machine, dir: t.dir, meta: t.meta}, nil
}

// cannotThaw is a clone that ended before it answered, and not by our doing.
type cannotThaw struct{ error }

func (e *cannotThaw) Unwrap() error { return e.error }

// unthawed returns boot, the error of a clone that ended like this, as a
// [cannotThaw] if QEMU did not take the state or could not go on from it. A
// clone that only says nothing may be on a machine that is busy, and one that
// was killed may be on one that is short of memory.
func unthawed(err, boot error, how How) error {
	lost, ok := errors.AsType[*Lost](err)
	if ok && (lost.Kind == LostExited || lost.Kind == LostStopped) && how != Signalled {
		return &cannotThaw{boot}
	}
	return boot
}
