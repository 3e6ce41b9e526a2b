// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"time"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/internal/wire"
)

// Insert inserts a module, given as the contents of its .ko file, with params
// "name=value" each. The kernel's refusal is the answer's Errno.
func (v *VM) Insert(ctx context.Context, image []byte, params ...string) (Answer, error) {
	return v.do(ctx, &wire.Order{Verb: wire.DoInsert, Params: strings.Join(params, " "), Blob: image})
}

// Remove removes the module called name, as rmmod does: a module in use is not
// waited for, the kernel refuses.
func (v *VM) Remove(ctx context.Context, name string) (Answer, error) {
	return v.do(ctx, &wire.Order{Verb: wire.DoRemove, Name: name, Flags: syscall.O_NONBLOCK})
}

// List returns /proc/modules as the answer's Output.
func (v *VM) List(ctx context.Context) (Answer, error) {
	return v.ReadFile(ctx, "/proc/modules")
}

// Run runs a command of the guest to its end, with input as its standard
// input. The answer's Output is what it printed, on both streams; Errno is set
// when it could not be started.
func (v *VM) Run(ctx context.Context, input []byte, argv ...string) (Answer, error) {
	return v.do(ctx, &wire.Order{Verb: wire.DoRun, Argv: argv, Blob: input})
}

// ReadFile reads a file of the guest, such as one of /proc or debugfs, as the
// answer's Output.
func (v *VM) ReadFile(ctx context.Context, path string) (Answer, error) {
	return v.do(ctx, &wire.Order{Verb: wire.DoRead, Path: path})
}

// WriteFile writes a file of the guest. It is made with mode if it is not
// there.
func (v *VM) WriteFile(ctx context.Context, path string, data []byte, mode fs.FileMode) (Answer, error) {
	return v.do(ctx, &wire.Order{Verb: wire.DoWrite, Path: path, Mode: uint32(mode.Perm()), Blob: data})
}

// WriteFiles writes files of the guest, by their paths, with mode, and makes the
// folders that they are in. When one
// cannot be written, the answer's Errno says why, and Output which one.
func (v *VM) WriteFiles(ctx context.Context, files map[string][]byte, mode fs.FileMode) (Answer, error) {
	var blob []byte
	for path, data := range files {
		var err error
		if blob, err = wire.Append(blob, &wire.Order{Verb: wire.DoWrite, Path: path, Mode: uint32(mode.Perm()), Blob: data}); err != nil {
			return Answer{}, err
		}
	}
	return v.do(ctx, &wire.Order{Verb: wire.DoUnpack, Blob: blob})
}

// Look returns what the files of the guest hold that the patterns match, and
// which names its folders do, by path: folders are asked for by a pattern that
// ends with "/", and their names are each ended by a zero byte.
func (v *VM) Look(ctx context.Context, patterns ...string) (Answer, map[string]string, error) {
	answer, err := v.do(ctx, &wire.Order{Verb: wire.DoLook, Argv: patterns})
	if err != nil {
		return Answer{}, nil, err
	}
	files := map[string]string{}
	for in := bytes.NewReader(answer.Output); in.Len() > 0; {
		m, err := wire.Read(in)
		if err != nil {
			return Answer{}, nil, fmt.Errorf("what the agent saw: %w", err)
		}
		if o, ok := m.(*wire.Order); ok {
			files[o.Path] = string(o.Blob)
		}
	}
	return answer, files, nil
}

// settle does nothing in the guest; its answer has the log since the last
// step.
func (v *VM) settle(ctx context.Context) (Answer, error) {
	return v.do(ctx, &wire.Order{Verb: wire.DoSettle})
}

// taintFile has the kernel's taint mask (Documentation/admin-guide/tainted-kernels.rst).
const taintFile = "/proc/sys/kernel/tainted"

// LastWord asks the guest for the last time. One answer has it all, in this
// order: that it lives, the kernel's taint mask as the answer's Output, and what
// it has logged since the last step.
func (v *VM) LastWord(ctx context.Context) (Answer, error) {
	answer, err := v.ReadFile(ctx, taintFile)
	if err == nil {
		v.mu.Lock()
		v.done = true
		v.mu.Unlock()
	}
	return answer, err
}

// do gives an order and waits for the answer. An error is a [*Lost], or says
// that the order made no sense. A VM that is known to be lost gets none: the
// executor may outlive the agent, and answer or not.
func (v *VM) do(ctx context.Context, o *wire.Order) (Answer, error) {
	select {
	case <-v.lost:
		return Answer{}, &Lost{Kind: v.why.Kind, During: string(o.Verb), Err: v.why.Err}
	default:
	}
	c, err := v.link.send(ctx, o)
	if c == nil {
		return Answer{}, err // too big; a port that is gone shows below
	}
	return v.await(ctx, c, string(o.Verb), o.ID)
}

// await waits for the answer to an order, which will come out of c. An error is
// a [*Lost].
func (v *VM) await(ctx context.Context, c <-chan reception, during string, order uint64) (Answer, error) {
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var given <-chan *Lost // nil until somebody watches
	// Most orders are done before this ticks; only of others does anybody have
	// to ask what the kernel logs meanwhile.
	peek := time.NewTicker(200 * time.Millisecond)
	defer peek.Stop()
	for {
		select {
		case r := <-c:
			return r.open()
		case <-v.over:
			select {
			case r := <-c: // it answered and then ended
				return r.open()
			default:
				return Answer{}, v.exited(during)
			}
		case <-v.lost:
			return Answer{}, &Lost{Kind: v.why.Kind, During: during, Err: v.why.Err}
		case <-ctx.Done():
			v.setDeaf()
			return Answer{}, lostTo(ctx, during)
		case lost := <-given:
			v.setDeaf()
			return Answer{}, lost
		case <-peek.C:
			v.link.peek(ctx)
			if given == nil && v.Limit > 0 {
				given = v.watch(watching, during, order)
			}
		}
	}
}

func (v *VM) setDeaf() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.deaf = true
}

// exited is the error of an order whose VM is over.
func (v *VM) exited(during string) *Lost {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.killed {
		return &Lost{Kind: LostCancelled, During: during}
	}
	return &Lost{Kind: LostExited, During: during}
}

// open takes the answer out of what came over the wire.
func (r reception) open() (Answer, error) {
	if r.answer.Problem != "" {
		return Answer{}, fmt.Errorf("the agent could not do it: %s", r.answer.Problem)
	}
	return Answer{
		Errno:   syscall.Errno(r.answer.Errno),
		Output:  r.answer.Blob,
		Exit:    r.answer.Exit,
		Died:    r.answer.Died,
		Elapsed: r.answer.Elapsed,
		Records: r.records,
		Lost:    kmsg.Missing(r.records),
	}, nil
}

// Kallsyms returns /proc/kallsyms: the symbols of the kernel, and their
// addresses.
func (v *VM) Kallsyms(ctx context.Context) ([]byte, error) {
	const path = "/proc/kallsyms"
	answer, err := v.ReadFile(ctx, path)
	if err == nil && answer.Errno != 0 {
		err = fmt.Errorf("read %s: %w", path, answer.Errno)
	}
	if err == nil && len(answer.Output) >= wire.MaxOutput {
		err = fmt.Errorf("%s has more than %d bytes", path, wire.MaxOutput)
	}
	return answer.Output, err
}
