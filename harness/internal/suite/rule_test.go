// SPDX-License-Identifier: GPL-2.0-only

package suite

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func skipped(name, reason string) *Test {
	return &Test{Package: "p", Name: name, Outcome: Skipped, Output: "    p_test.go:1: " + reason + "\n--- SKIP: " + name + " (0.00s)\n"}
}

func TestJudge(t *testing.T) {
	const twin = "[[skip]]\ntest = 'p TestTwin'\nsays = 'is started by'\nwhy = 'a role'\n"
	const disk = "[[skip]]\ntest = 'p TestDisk(/.*)?'\nsays = '^no disk'\nwhy = 'diskless'\nunless = '%s'\n"
	excused, unexcused := strings.Replace(disk, "%s", "false", 1), strings.Replace(disk, "%s", "test -e here", 1)
	for name, tt := range map[string]struct {
		rules string
		tests []*Test
		want  map[string]string // of each test or idle rule what is said
	}{
		"allowed always":            {twin, []*Test{skipped("TestTwin", "is started by TestTwins")}, map[string]string{"p TestTwin": "allowed: a role"}},
		"allowed here":              {excused, []*Test{skipped("TestDisk/a", "no disk: x")}, map[string]string{"p TestDisk/a": "allowed: diskless"}},
		"without an excuse":         {unexcused, []*Test{skipped("TestDisk", "no disk: x")}, map[string]string{"p TestDisk": "unexpected: it has no excuse here: test -e here"}},
		"for another reason":        {excused, []*Test{skipped("TestDisk", "no time")}, map[string]string{"p TestDisk": "unexpected: no rule in harness/internal/suite/skips.toml allows it", "p TestDisk(/.*)?": "idle"}},
		"without a reason":          {excused, []*Test{{Package: "p", Name: "TestDisk", Outcome: Skipped}}, map[string]string{"p TestDisk": "unexpected: no rule in harness/internal/suite/skips.toml allows it", "p TestDisk(/.*)?": "idle"}},
		"of a longer name":          {twin, []*Test{skipped("TestTwins", "is started by x")}, map[string]string{"p TestTwins": "unexpected: no rule in harness/internal/suite/skips.toml allows it", "p TestTwin": "idle"}},
		"a second rule allows it":   {unexcused + strings.Replace(disk, "%s", "false", 1), []*Test{skipped("TestDisk", "no disk")}, map[string]string{"p TestDisk": "allowed: diskless"}},
		"nothing was skipped":       {twin + unexcused, []*Test{{Package: "p", Name: "TestDisk", Outcome: Passed}}, map[string]string{"p TestTwin": "idle"}},
		"there is no such test":     {twin + unexcused, nil, map[string]string{"p TestTwin": "idle", "p TestDisk(/.*)?": "idle"}},
		"a test that passed is not": {twin, []*Test{{Package: "p", Name: "TestTwin", Outcome: Passed}}, map[string]string{"p TestTwin": "idle"}},
	} {
		t.Run(name, func(t *testing.T) {
			rules, err := parse(tt.rules)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			write(t, dir, "here", "")
			j := Judge(t.Context(), rules, dir, &Result{Packages: []*Package{{Name: "p", Tests: tt.tests}}})
			got := map[string]string{}
			for _, s := range j.Allowed {
				got[s.ID()] = "allowed: " + s.Note
			}
			for _, s := range j.Unexpected {
				got[s.ID()] = "unexpected: " + s.Note
			}
			for _, r := range j.Idle {
				got[r.Test] = "idle"
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("what is said (-want +got):\n%s", d)
			}
		})
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"[[skip]]\ntest = 'x'\nsays = 'y'\n":                             "a rule needs test, says and why",
		"[[skip]]\ntest = '('\nsays = 'y'\nwhy = 'z'\n":                  "missing closing )",
		"[[skip]]\ntest = 'x'\nsays = 'y'\nwhy = 'z'\nunles = 'false'\n": "unles",
		"[[skip": "skips.toml",
	} {
		if _, err := parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parse(%q) = %v; want an error with %q", text, err, want)
		}
	}
	if rules, err := Rules(); err != nil || len(rules) == 0 {
		t.Errorf("Rules() = %v, %v; want those of the project", rules, err)
	}
}
