// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"testing"
	"time"

	"kmodlab/harness/vm"
)

func TestBoot(t *testing.T) {
	l := newLab(t, "")
	begin := time.Now()
	v, err := vm.Boot(logged(t), l.machine)
	if err != nil {
		t.Fatalf("Boot = %v; want no error", err)
	}
	t.Logf("booted %s in %v", v.Hello.Release, time.Since(begin))
	if v.Hello.Release != l.kernel.Release {
		t.Errorf("the agent says it runs %q; want %q", v.Hello.Release, l.kernel.Release)
	}
	ans, err := v.Run(t.Context(), nil, "uname", "-r")
	if err != nil || string(ans.Output) != l.kernel.Release+"\n" {
		t.Errorf("Run(uname -r) = %q, %v; want %q", ans.Output, err, l.kernel.Release)
	}
	fate := v.Close()
	if fate.How != vm.Closed || fate.Lost != 0 || len(fate.Records) == 0 {
		t.Errorf("Close() = %s, %d records, %d lost; want it closed, with its log whole", fate.How, len(fate.Records), fate.Lost)
	}
}
