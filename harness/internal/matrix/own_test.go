// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// A case has those of the kernel's own modules fetched that it inserts, and none that
// was built; that they are not to be had is not the module's doing.
func TestOwnModules(t *testing.T) {
	var asked []string
	var failed error
	k := &kernel.Kernel{FetchModules: func(_ context.Context, names ...string) (map[string]string, error) {
		asked = append(asked, names...)
		return map[string]string{"dummy": "/dummy.ko"}, failed
	}}
	col := &Target{kernel: k, modules: &kbuild.Modules{Files: map[string]string{"driver": "/driver.ko"}}}
	for name, tt := range map[string]struct{ inserts, want []string }{
		"nothing":          {nil, nil},
		"what was built":   {[]string{"driver"}, nil},
		"one of its own":   {[]string{"dummy", "driver"}, []string{"dummy"}},
		"one of no folder": {[]string{"nosuch"}, []string{"nosuch"}},
	} {
		asked = nil
		_, err := col.own(t.Context(), lesson.Case{Modules: tt.inserts})
		if d := cmp.Diff(tt.want, asked); d != "" || err != nil {
			t.Errorf("%s: %v, asked for (-want +got):\n%s", name, err, d)
		}
	}
	failed = &fault.Error{Owner: fault.Archive, What: "the archive does not have the modules"}
	r := &Runner{}
	r.defaults()
	record, _ := r.runCase(t.Context(), col, lesson.Case{Lesson: "l", Name: "c", Modules: []string{"dummy"}}, verdict.Record{})
	if record.Verdict != verdict.Infra || record.Owner != string(fault.Archive) {
		t.Errorf("where they are gone: %s, of %s: %s; want infra, the archive's", record.Verdict, record.Owner, record.Reason)
	}
}
