// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"kmodlab/harness/internal/claims"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/fault"
)

// ledgerFile is the page that the claims target writes.
const ledgerFile = "docs/claims.md"

// Claims runs every case that settles a claim on the test set and writes the
// ledger.
func (h Home) Claims(ctx context.Context, w io.Writer, f Flags) error {
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	p, j, err := l.matrix(ctx, Flags{}, 0, func(l *lab) matrix.View { return brief{l.view} })
	if err != nil {
		return err
	}
	if j.Exit() == fault.ExitHarness { // a page would say of what did not run that it is unsettled
		l.view.Printf("\n%s stays as it is: not every case could be run\n", ledgerFile)
	} else if j, err = l.write(p, j); err != nil {
		return status(err)
	}
	report.Failures(w, j.Records, l.home.outName())
	return l.conclude(w, j)
}

// write writes the ledger of a judgement, and judges again by it.
func (l *lab) write(p *plan, j verdict.Judgement) (verdict.Judgement, error) {
	p.book.have = p.book.page(j.Records)
	if err := os.WriteFile(filepath.Join(l.home.Sources, ledgerFile), []byte(p.book.have), 0o644); err != nil {
		return j, err
	}
	l.view.Printf("\nwrote %s\n", ledgerFile)
	return l.judge(p, j.Records)
}

// book is all that the ledger is made from, but for the records.
type book struct {
	list        []claims.Claim
	settlements []claims.Settlement
	kernels     []string // the test set, by the names of its columns
	have        string   // the ledger in the repository; "" when there is none
}

// book returns what lessons, which are all that there are, say to the ledger.
func (l *lab) book(ctx context.Context, lessons []lesson.Lesson) (*book, error) {
	b := &book{}
	var err error
	if b.list, b.settlements, err = settlements(lessons); err != nil {
		return nil, err
	}
	kernels, err := l.kernels(ctx, Flags{})
	if err != nil {
		return nil, err
	}
	for _, k := range kernels {
		b.kernels = append(b.kernels, k.Name)
	}
	have, err := os.ReadFile(filepath.Join(l.home.Sources, ledgerFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, &fault.Error{Owner: fault.Host, What: "cannot read the ledger of claims", Where: ledgerFile, Err: err}
	}
	b.have = string(have)
	return b, nil
}

func (b *book) page(records []verdict.Record) string {
	return claims.Ledger(b.list, b.settlements, b.kernels, records)
}

// stale says that the ledger in the repository is not what records say; "" when
// it is, and when they are not all that a ledger is made from, or no case passed
// that should have.
func (b *book) stale(records []verdict.Record) string {
	if !claims.Settled(b.settlements, b.kernels, records) || b.page(records) == b.have {
		return ""
	}
	return (&fault.Error{Owner: fault.Module, What: "the ledger of claims is stale", Where: ledgerFile, Hint: "run: " + fault.Command("claims")}).Error()
}

// settlements returns the claims, and what the scripts of lessons say about
// them.
func settlements(lessons []lesson.Lesson) ([]claims.Claim, []claims.Settlement, error) {
	list, err := claims.List()
	if err != nil {
		return nil, nil, err
	}
	var all []claims.Settlement
	for _, l := range lessons {
		for _, c := range l.Cases {
			s, err := claims.Read(c)
			if err != nil {
				return nil, nil, err
			}
			all = append(all, s...)
		}
	}
	return list, all, nil
}
