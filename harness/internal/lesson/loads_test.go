// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadLoads(t *testing.T) {
	const script = `# insmod nothing
requires cpus:2
insmod m a=1 b=2
dmesg a.log
! insmod m
stderr EEXIST
[kernel:>=6.1] [!config:X] rmmod m
[kernel:>=6.1] ! rmmod n
insmod
-- a.log --
`
	want := []Load{
		{Module: "m", Params: []string{"a=1", "b=2"}},
		{Module: "m", Params: []string{}, Remove: true, Conditions: []string{"kernel:>=6.1", "!config:X"}},
	}
	if diff := cmp.Diff(want, readLoads(script)); diff != "" {
		t.Errorf("readLoads() differs (-want +got):\n%s", diff)
	}
}

func TestMainCase(t *testing.T) {
	loads := []Load{{Module: "m"}}
	for name, tt := range map[string]struct {
		cases []Case
		want  string // "" for none
	}{
		"the lesson's own name":       {[]Case{{Name: "a", Loads: loads}, {Name: "order", Loads: loads}, {Name: "transcript", Loads: loads}}, "order"},
		"the transcript":              {[]Case{{Name: "again", Loads: loads}, {Name: "transcript", Loads: loads}}, "transcript"},
		"the first that loads":        {[]Case{{Name: "refused"}, {Name: "b", Loads: loads}, {Name: "c", Loads: loads}}, "b"},
		"its own name loads nothing":  {[]Case{{Name: "b", Loads: loads}, {Name: "order"}}, "b"},
		"nothing is ever inserted":    {[]Case{{Name: "order"}}, ""},
		"a remove alone is no insert": {[]Case{{Name: "order", Loads: []Load{{Module: "m", Remove: true}}}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := (Lesson{Name: "order", Cases: tt.cases}).Main(); got.Name != tt.want || ok != (tt.want != "") {
				t.Errorf("Main() = %q, %v; want %q", got.Name, ok, tt.want)
			}
		})
	}
}
