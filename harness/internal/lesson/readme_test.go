// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the scripts that READMEs show")

// shown is a script in a README, between its markers.
var shown = regexp.MustCompile("(?s)(<!-- script: (\\S+) -->\n)(.*?)(<!-- /script -->)")

// Every lesson has a README, and what it shows of a script is the script.
func TestReadmesShowTheScripts(t *testing.T) {
	lessons, err := Find("../../../kmod")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lessons {
		t.Run(l.Name, func(t *testing.T) {
			path := filepath.Join(l.Dir, "README.md")
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got := string(text)
			if !shown.MatchString(got) {
				t.Fatalf("%s shows no script; put <!-- script: NAME.txtar --> and <!-- /script --> around it", path)
			}
			want := shown.ReplaceAllStringFunc(got, func(block string) string {
				m := shown.FindStringSubmatch(block)
				script, err := os.ReadFile(filepath.Join(l.Dir, m[2]))
				if err != nil {
					t.Fatal(err)
				}
				return m[1] + "```txtar\n" + strings.TrimRight(string(script), "\n") + "\n```\n" + m[4]
			})
			if got == want {
				return
			}
			if *update {
				if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			t.Errorf("%s does not show the script as it is; run: go test ./harness/lesson -update\n%s", path, cmp.Diff(want, got))
		})
	}
}
