// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// openTemplate opens the frozen VM in dir and checks all of it: a bit that
// fell over would otherwise show as a case that fails for no reason.
func openTemplate(m Machine, dir string) (*Template, error) {
	text, err := os.ReadFile(filepath.Join(dir, metaFile))
	if err != nil {
		return nil, err
	}
	t := &Template{machine: m, dir: dir}
	if err := json.Unmarshal(text, &t.meta); err != nil {
		return nil, fmt.Errorf("%s: %w", metaFile, err)
	}
	for name, want := range map[string]sum{ramFile: t.meta.RAM, stateName: t.meta.State} {
		got, err := sumFile(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		if got != want {
			return nil, fmt.Errorf("file %s has %d bytes with checksum %.12s, it was written with %d and %.12s", name, got.Size, got.SHA256, want.Size, want.SHA256)
		}
	}
	return t, nil
}

// clone returns a copy of the frozen VM that runs and has answered, or a VM that
// was booted. A copy that QEMU does not go on with is a [cannotThaw].
func (t *Template) clone(ctx context.Context) (*VM, error) {
	if t.dir == "" {
		return Boot(ctx, t.machine)
	}
	state, err := feed(filepath.Join(t.dir, stateName), t.meta.State.Size)
	if err != nil {
		return nil, err
	}
	v, err := launch(ctx, t.machine, t.machine.cloneArgs(filepath.Join(t.dir, ramFile)), state)
	if err != nil {
		return nil, err
	}
	v.Hello = t.meta.Hello
	v.console.add([]byte(t.meta.Console))
	v.link.remember(t.meta.Records)
	if t.meta.Shell != 0 {
		v.shell = v.link.expect(t.meta.Shell)
	}
	err = v.thaw(ctx)
	if err == nil {
		return v, nil
	}
	fate := v.end()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, unthawed(err, v.machine.bootFault(err, fate), fate.How)
}

// thaw loads the state and waits for the first answer. Everything is sent at
// once: QEMU and the guest read it as they come to it, and nobody waits for a
// reply in between.
func (v *VM) thaw(ctx context.Context) error {
	capabilities := map[string]any{"capabilities": []map[string]any{{"capability": "x-ignore-shared", "state": true}}}
	for _, c := range []struct {
		name string
		args any
	}{
		{"qmp_capabilities", nil},
		{"migrate-set-capabilities", capabilities},
		{"migrate-incoming", map[string]any{"uri": fmt.Sprintf("fd:%d", stateFD)}},
	} {
		if _, err := v.qmp.send(c.name, c.args); err != nil {
			break // QEMU has ended; the order below tells
		}
	}
	const patience = 20 * time.Second // 300 times the usual
	ctx, cancel := v.allow(ctx, patience)
	defer cancel()
	_, err := v.settle(ctx)
	return err
}

// feed returns the end of a pipe from which the file can be read. QEMU wants
// to be told of a plain file in another way than of a pipe, and differently in
// different versions.
func feed(path string, size int64) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		f.Close()
		return nil, err
	}
	// With room for all of it, nobody has to wait. It is only faster.
	unix.FcntlInt(w.Fd(), syscall.F_SETPIPE_SZ, int(size))
	go func() {
		io.Copy(w, f) // a reader that hangs up is a QEMU that ended, and is seen elsewhere
		w.Close()
		f.Close()
	}()
	return r, nil
}
