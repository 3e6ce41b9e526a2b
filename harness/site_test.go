// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/cache"
)

// lessons are a small project's: the first one settles a claim, the second one
// may be explained where it is gone.
var lessons = map[string]string{
	"kmod/notify/again.txtar": "# claim C1 holds\ninsmod notify\ndmesg log\n-- log --\nhello\n",
	"kmod/gone/gone.txtar":    "requires export:f\n",
	"go.mod":                  "module x\n",
	"docs/notes.md":           "x\n",
	".gitignore":              "/out/\n",
}

// site is a small project, in which nothing runs: what became of each case is
// told beforehand.
type site struct {
	t    *testing.T
	root string
	ctx  context.Context
	*lab
}

func newSite(t *testing.T) *site {
	t.Helper()
	root := newFolder(t, "")
	for name, text := range lessons {
		put(t, filepath.Join(root, name), text)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "x"}} {
		if output, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, output)
		}
	}
	t.Setenv(cache.Env, t.TempDir())
	ctx, l, err := Checkout(".").open(t.Context(), &bytes.Buffer{}, Flags{})
	if err != nil {
		t.Fatal(err)
	}
	return &site{t, root, ctx, l}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
		t.Fatal(err)
	}
}

// records returns what became of the cells that the flags name; "" means that
// nobody ran one.
func (s *site) records(f Flags, became func(column, lesson string) verdict.Verdict) (*plan, []verdict.Record) {
	s.t.Helper()
	p, err := s.plan(s.ctx, f)
	if err != nil {
		s.t.Fatal(err)
	}
	commit := s.commit(s.ctx)
	var all []verdict.Record
	for _, c := range p.cells {
		r := blank(&matrix.Runner{Root: s.root}, []matrix.Job{c})[0]
		r.Verdict = became(r.Column, r.Lesson)
		if r.Verdict == "" {
			continue
		}
		r.Kernel, r.Owner = r.Series+".9-cloud", string(r.Verdict.Owner())
		switch r.Verdict {
		case verdict.Pass:
			r.Steps = []verdict.Step{{Text: "insmod " + r.Lesson, Section: "log", Got: "hello\n", Expected: "hello\n", Compared: true, Equal: true}}
		default:
			r.Reason = "needs export:f"
		}
		if r.Verdict != verdict.Unsupported && r.Verdict != verdict.Infra {
			r.Log = "logs/" + r.Kernel + "/" + r.Lesson + ".log"
			put(s.t, filepath.Join(s.out, r.Log), "# kernel log\n"+r.ID()+"\n")
		}
		all = append(all, r)
	}
	return p, of(commit, all)
}

// end runs what the flags name, as far as this test runs anything, and ends the
// run as a target does.
func (s *site) end(w *bytes.Buffer, f Flags, became func(column, lesson string) verdict.Verdict) error {
	s.t.Helper()
	p, records := s.records(f, became)
	j, err := s.judge(p, records)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.conclude(w, j)
}

// left returns the exit status of err, and what a run left behind, by name.
func (s *site) left(err error) map[string]string {
	s.t.Helper()
	code := Status{}
	errors.As(err, &code)
	files := map[string]string{"exit": fmt.Sprint(code.Code, " ", code.Message)}
	for _, name := range []string{"results.json", "known.json", "report.html", "junit.xml", "results.ktap"} {
		text, err := os.ReadFile(filepath.Join(s.root, "out", name))
		if err != nil {
			s.t.Fatal(err)
		}
		files[name] = string(text)
	}
	return files
}

// ledgerNow makes the ledger of the repository fresh.
func (s *site) ledgerNow(became func(column, lesson string) verdict.Verdict) {
	s.t.Helper()
	p, records := s.records(Flags{}, became)
	put(s.t, filepath.Join(s.root, ledgerFile), p.book.page(records))
}

// part runs a part of the work on another machine, and brings home what it left.
func (s *site) part(name, shard string, became func(column, lesson string) verdict.Verdict) {
	s.t.Helper()
	s.out = filepath.Join(s.root, "parts", name)
	s.end(&bytes.Buffer{}, Flags{Shard: shard}, became)
}
