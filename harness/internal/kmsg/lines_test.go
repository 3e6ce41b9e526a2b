// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/klog"
)

func TestLines(t *testing.T) {
	got := slices.Collect(Lines([]Record{
		{Priority: 4, Time: time.Second, Caller: "T81", Text: "one\ntwo"},
		{Facility: 1, Priority: 6, Time: 2 * time.Second, Text: "a program's"},
	}))
	want := []klog.Line{
		{N: 1, Text: "one", Stamped: true, Time: time.Second, Caller: "T81", Level: 4},
		{N: 2, Text: "two", Stamped: true, Time: time.Second, Caller: "T81", Level: 4},
		{N: 3, Text: "a program's", Stamped: true, Time: 2 * time.Second, Level: 6, Other: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Lines(): (-want +got)\n%s", diff)
	}
}
