// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/suite"
	"kmodlab/vmimages/vmimagestest"
)

// tiny is a module with a test that passes, one that is skipped, and one that
// fails where it is told to.
func tiny(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.26\n", "p_test.go": `package p

import (
	"os"
	"testing"
)

func TestGood(t *testing.T) {}
func TestNot(t *testing.T)  { t.Skip("no disk") }
func TestBad(t *testing.T) {
	if os.Getenv("TINY_FAILS") != "" {
		t.Error("as ordered")
	}
}
`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("GOFLAGS", "")
	return dir
}

// What the test command says of Go tests that fail and that are skipped, and
// when it fails for them.
func TestGoTests(t *testing.T) {
	rule := func(test, unless string) suite.Rule {
		return suite.Rule{Test: test, Says: "^no disk$", Why: "diskless", Unless: unless}
	}
	for name, tt := range map[string]struct {
		ci, fails string
		rules     []suite.Rule
		err       string
		want      string
	}{
		"an allowed skip": {
			ci: "true", rules: []suite.Rule{rule("m TestNot", "false")},
			want: "\nGo tests that are skipped here:\n  m TestNot: no disk (diskless)\n\nGo tests: 2 passed, 0 failed, 1 skipped",
		},
		"another skip, in CI": {
			ci: "true", rules: []suite.Rule{rule("m TestNot", "true")}, err: "1 Go tests were skipped that have to run where CI is set",
			want: "\nGo tests that should not have been skipped:\n  m TestNot: no disk (it has no excuse here: true)\n\nGo tests: 2 passed, 0 failed, 1 skipped",
		},
		"another skip, elsewhere": {
			want: "\nGo tests that should not have been skipped:\n  m TestNot: no disk (no rule in harness/internal/suite/skips.toml allows it)\n\nGo tests: 2 passed, 0 failed, 1 skipped",
		},
		"a rule that nothing needs": {
			ci: "true", rules: []suite.Rule{rule("m TestNot", ""), rule("m TestOld", "")},
			want: "\nGo tests that are skipped here:\n  m TestNot: no disk (diskless)\nnote: no test needs the rule for \"m TestOld\" in harness/internal/suite/skips.toml here\n\nGo tests: 2 passed, 0 failed, 1 skipped",
		},
		"a failure": {
			fails: "1", rules: []suite.Rule{rule("m TestNot", "")}, err: "tests of 1 Go packages fail",
			want: "\nFAIL  m\n      p_test.go:12: as ordered\n  --- FAIL: TestBad\n  FAIL\n  FAIL\tm\n" +
				"\nGo tests that are skipped here:\n  m TestNot: no disk (diskless)\n\nGo tests: 1 passed, 1 failed, 1 skipped",
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := tiny(t)
			t.Setenv("CI", tt.ci)
			t.Setenv("TINY_FAILS", tt.fails)
			var out bytes.Buffer
			l := &lab{view: report.NewTerminal(&out, false, 0)}
			rules, err := suite.Checked(tt.rules)
			if err != nil {
				t.Fatal(err)
			}
			closing, err := l.goTests(t.Context(), dir, false, rules)
			if (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
				t.Errorf("goTests() = %v; want %q", err, tt.err)
			}
			if d := cmp.Diff(tt.want, seconds.ReplaceAllString(out.String()+closing, "")); d != "" {
				t.Errorf("what is said (-want +got):\n%s", d)
			}
		})
	}
}

// seconds is how long something took, which is another time each time.
var seconds = regexp.MustCompile(`[ \t]\(?[0-9.]+s\)?`)

// A package of which nothing ran is told, though go test calls it ok.
func TestGoTestsThatNeverRun(t *testing.T) {
	dir := tiny(t)
	if err := os.WriteFile(filepath.Join(dir, "p_test.go"), []byte("package p\n\nimport \"testing\"\n\nfunc TestNot(t *testing.T) { t.Skip(\"no disk\") }\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	l := &lab{view: report.NewTerminal(&out, false, 0)}
	if _, err := l.goTests(t.Context(), dir, false, nil); !strings.Contains(out.String(), "of package m no test ran\n") {
		t.Errorf("goTests() = %v, %q; want it to say that nothing ran", err, out.String())
	}
}

// The tests ask for the variable that a long run sets.
func TestLongGoTests(t *testing.T) {
	if suite.Long != vmimagestest.LongTests {
		t.Errorf("a long run sets %s; tests ask for %s", suite.Long, vmimagestest.LongTests)
	}
	dir := tiny(t)
	t.Setenv("CI", "")
	test := "package p\n\nimport (\n\t\"os\"\n\t\"testing\"\n)\n\nfunc TestLong(t *testing.T) {\n\tif os.Getenv(\"" + suite.Long + "\") != \"1\" {\n\t\tt.Skip(\"long: another time\")\n\t}\n}\n"
	if err := os.WriteFile(filepath.Join(dir, "p_test.go"), []byte(test), 0o644); err != nil {
		t.Fatal(err)
	}
	for long, want := range map[bool]string{false: "0 passed, 0 failed, 1 skipped", true: "1 passed, 0 failed, 0 skipped"} {
		l := &lab{view: report.NewTerminal(io.Discard, false, 0)}
		if closing, err := l.goTests(t.Context(), dir, long, nil); err != nil || !strings.Contains(closing, want) {
			t.Errorf("goTests(long: %t) = %q, %v; want %q", long, closing, err, want)
		}
	}
}
