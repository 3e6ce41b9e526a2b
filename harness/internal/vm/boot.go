// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"time"
)

// Boot boots m and returns when its agent has said hello. ctx is the VM's
// life: when it ends, so does QEMU. A kernel that does not come up is a
// [fault.Error] of the boot, with the console's last lines.
func Boot(ctx context.Context, m Machine) (*VM, error) {
	m = m.withDefaults()
	v, err := launch(ctx, m, append(m.bootArgs(""), debugger(m.Debugger).qemu...), nil)
	if err != nil {
		return nil, err
	}
	return v.started(ctx)
}

// started sees a booting VM through to its first answer.
func (v *VM) started(ctx context.Context) (*VM, error) {
	err := v.greet(ctx)
	if err == nil {
		return v, nil
	}
	fate := v.end()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return nil, v.machine.bootFault(err, fate)
}

func (v *VM) greet(ctx context.Context) error {
	const during = "boot"
	v.qmp.send("qmp_capabilities", nil) // a QEMU that has ended shows below
	ctx, cancel := v.allow(ctx, v.machine.BootTimeout)
	defer cancel()
	select {
	case v.Hello = <-v.link.hello:
	case <-v.over:
		return v.exited(during)
	case <-v.lost:
		return &Lost{Kind: v.why.Kind, During: during, Err: v.why.Err}
	case <-ctx.Done():
		return lostTo(ctx, during)
	}
	_, err := v.settle(ctx)
	return err
}

// Await waits for the VM to end by itself. It returns a [*Lost] when ctx ends
// first, or when it is proved that the VM will not end.
func (v *VM) Await(ctx context.Context) error {
	const during = "the end of the VM"
	watching, stop := context.WithCancel(ctx)
	defer stop()
	var given <-chan *Lost
	if v.Limit > 0 {
		given = v.watch(watching, during, 0)
	}
	select {
	case <-v.over:
		return nil
	case lost := <-given:
		return lost
	case <-ctx.Done():
		return lostTo(ctx, during)
	}
}

// Close ends the VM and returns all that is known of it. It first takes in
// what the kernel has logged until now, and then reads console and agent to
// their ends, so that a late splat is not missed. Closing again returns the
// same.
func (v *VM) Close() Fate {
	v.mu.Lock()
	silent := v.deaf || v.done
	v.mu.Unlock()
	if !silent {
		const patience = time.Second // with a guest that may hang
		ctx, cancel := v.allow(context.Background(), patience)
		v.settle(ctx) // its records are kept like any others; a VM that is over answers at once
		cancel()
	}
	return v.end()
}

// end ends QEMU, by asking, and by force when it takes long: what it has sent is
// read either way.
func (v *VM) end() Fate {
	v.closing.Do(func() {
		v.mu.Lock()
		v.asked = true
		v.mu.Unlock()
		v.qmp.send("quit", nil) // a QEMU that has ended already does not mind
		select {
		case <-v.over:
		case <-time.After(10 * time.Second):
			v.kill()
			<-v.over
		}
		v.stopWatch()
		v.mu.Lock()
		defer v.mu.Unlock()
		records, lost := v.link.log()
		console := v.console.text()
		state := v.proc.cmd.ProcessState
		v.fate = Fate{How: judgeEnd(v.events, console, state, deeds{v.asked, v.killed, v.poked}), Status: state.String(), Output: v.proc.output.String(),
			Console: console, Records: records, Lost: lost, Events: v.events}
	})
	return v.fate
}

// kill ends QEMU by force.
func (v *VM) kill() {
	v.mu.Lock()
	v.killed = true
	v.mu.Unlock()
	v.proc.kill()
}
