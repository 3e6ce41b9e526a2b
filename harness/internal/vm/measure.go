// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// BootUntil boots m, whose initramfs need not have an agent, and returns when
// the console shows mark: for measuring how fast a kernel can be. ctx is the
// VM's life.
func BootUntil(ctx context.Context, m Machine, mark string) (*VM, error) {
	m = m.withDefaults()
	v, err := launch(ctx, m, m.bootArgs(""), nil)
	if err != nil {
		return nil, err
	}
	v.qmp.send("qmp_capabilities", nil) // before it, the monitor would not even be told to quit
	patience := time.After(m.BootTimeout)
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !strings.Contains(v.Console(), mark) {
		select {
		case <-look.C:
		case <-v.over:
			return nil, m.bootFault(fmt.Errorf("the console never showed %q", mark), v.end())
		case <-patience:
			v.kill()
			return nil, m.bootFault(fmt.Errorf("the console does not show %q", mark), v.end())
		case <-ctx.Done():
			v.end()
			return nil, context.Cause(ctx)
		}
	}
	return v, nil
}

// PID returns the process id of the VM's QEMU.
func (v *VM) PID() int { return v.proc.cmd.Process.Pid }
