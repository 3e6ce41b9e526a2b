// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFindings(t *testing.T) {
	const wq = "workqueue: work func f [m] enqueued on deprecated workqueue. Use system_{percpu|dfl}_wq instead."
	got := Findings([]Record{
		{Priority: 4, Text: wq},
		{Priority: 4, Text: wq},
		{Priority: 4, Text: "m: unknown parameter 'cuont' ignored"},
		{Priority: 4, Text: "m: no symbol version for base_greet"},
		{Priority: 4, Text: "m: ignoring obsolete section __ksymtab_gpl"},
		{Priority: 5, Text: "debugfs: debugfs=no-mount is a deprecated alias for debugfs=off"},
		{Priority: 6, Text: "m: a deprecated thing, says the module by the way"},
		{Priority: 4, Facility: 1, Text: "init: deprecated"},
		{Priority: 4, Text: "m: loading out-of-tree module taints kernel."},
		{Priority: 4, Text: "m: undeprecatedly"},
	})
	want := []string{wq, "m: unknown parameter 'cuont' ignored", "m: no symbol version for base_greet", "m: ignoring obsolete section __ksymtab_gpl",
		"debugfs: debugfs=no-mount is a deprecated alias for debugfs=off"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Findings() (-want +got):\n%s", d)
	}
}
