// SPDX-License-Identifier: GPL-2.0-only

package report

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/verdict"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// golden compares got with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("%s: (-want +got)\n%s", path, diff)
	}
}

// fixture returns records of every kind, with text that means something in
// each of the formats.
func fixture(t *testing.T) []verdict.Record {
	t.Helper()
	records, err := verdict.Read(filepath.Join("testdata", "results.json"))
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// judgement is one of these records, with a ledger that is stale.
func judgement(t *testing.T) verdict.Judgement {
	t.Helper()
	return verdict.Judgement{Records: fixture(t), Ledger: "module: the ledger is # stale (docs/claims.md)\n  hint: run: go tool mage claims"}
}

func TestGolden(t *testing.T) {
	for name, write := range map[string]func(io.Writer, verdict.Judgement) error{
		"results.ktap": KTAP, "junit.xml": JUnit, "annotations.txt": Annotations, "summary.md": Summary, "table.txt": Table,
	} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			if err := write(&b, judgement(t)); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.String())
		})
	}
}
