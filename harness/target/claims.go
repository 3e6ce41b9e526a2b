// SPDX-License-Identifier: GPL-2.0-only

package target

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"kmodlab/harness/claims"
	"kmodlab/harness/fault"
	"kmodlab/harness/lesson"
	"kmodlab/harness/matrix"
	"kmodlab/harness/report"
	"kmodlab/harness/verdict"
)

// ledgerFile is the page that the claims target writes.
const ledgerFile = "docs/claims.md"

// Claims runs every case that settles a claim on the test set and writes the
// ledger.
func Claims(ctx context.Context, w io.Writer, f Flags) error {
	ctx, l, err := open(ctx, w, f.Locked)
	if err != nil {
		return status(err)
	}
	o, err := l.matrix(ctx, Flags{}, 0, func(l *lab) matrix.View { return brief{l.view} })
	if err != nil {
		return err
	}
	page, err := l.ledger(ctx, o.lessons, o.records)
	if err != nil {
		return status(err)
	}
	if err := os.WriteFile(filepath.Join(l.root, ledgerFile), []byte(page), 0o644); err != nil {
		return status(err)
	}
	l.view.Printf("\nwrote %s\n", ledgerFile)
	report.Failures(w, o.records, outFolder)
	return l.conclude(w, o.records)
}

// checkLedger fails when the ledger in the repository is not what the records
// say.
func (l *lab) checkLedger(ctx context.Context, lessons []lesson.Lesson, records []verdict.Record) error {
	want, err := l.ledger(ctx, lessons, records)
	if err != nil {
		return err
	}
	have, err := os.ReadFile(filepath.Join(l.root, ledgerFile))
	if err != nil || string(have) != want {
		return &fault.Error{Party: fault.Module, What: "the claims ledger is stale", Where: ledgerFile, Err: err, Fix: "run: go tool mage claims"}
	}
	return nil
}

// ledger makes the page of the ledger.
func (l *lab) ledger(ctx context.Context, lessons []lesson.Lesson, records []verdict.Record) (string, error) {
	list, err := claims.List()
	if err != nil {
		return "", err
	}
	settlements, err := settlements(lessons)
	if err != nil {
		return "", err
	}
	sources, err := l.kernels(ctx, Flags{})
	if err != nil {
		return "", err
	}
	var kernels []string
	for _, s := range sources {
		kernels = append(kernels, s.Name)
	}
	return claims.Ledger(list, settlements, kernels, records), nil
}

// settlements returns what the scripts of lessons say about claims.
func settlements(lessons []lesson.Lesson) ([]claims.Settlement, error) {
	var all []claims.Settlement
	for _, l := range lessons {
		for _, c := range l.Cases {
			s, err := claims.Read(c)
			if err != nil {
				return nil, err
			}
			all = append(all, s...)
		}
	}
	return all, nil
}
