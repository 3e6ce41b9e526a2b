// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"kmodlab/harness/internal/headline"
	"kmodlab/harness/internal/splat"
	"kmodlab/vmimages"
)

// headlinesFile is the page that the headlines target writes.
const headlinesFile = "docs/headlines.md"

// KernelsHeadlines reads the sources of the test set's kernels for what they
// print when they complain, and writes the page that tells who hears it.
func (h Home) KernelsHeadlines(ctx context.Context, w io.Writer) error {
	ctx, l, err := h.open(ctx, w, Flags{})
	if err != nil {
		return status(err)
	}
	var all []headline.Series
	for _, s := range l.catalogue.Default() {
		sources, err := l.provider.Sources(ctx, s.Name)
		if err != nil {
			return ended(ctx, err)
		}
		series, err := readSeries(s.Name, sources)
		if err != nil {
			return status(err)
		}
		all = append(all, series)
	}
	page, err := headlines(all)
	if err == nil {
		err = os.WriteFile(filepath.Join(l.home.Sources, headlinesFile), []byte(page), 0o644)
	}
	if err == nil {
		l.view.Printf("wrote %s\n", headlinesFile)
	}
	return status(err)
}

// readSeries reads the sources of a series.
func readSeries(name string, sources vmimages.CoreSources) (headline.Series, error) {
	prints, err := headline.Tree(os.DirFS(sources.Dir))
	if err != nil {
		return headline.Series{}, fmt.Errorf("sources of %s: %w", name, err)
	}
	return headline.Series{Name: name, Version: sources.Version, Prints: prints}, nil
}

// headlines is the page on the series.
func headlines(all []headline.Series) (string, error) {
	reasons, err := headline.LoadReasons()
	if err != nil {
		return "", err
	}
	return headline.Page(all, reasons.Judge(headline.Rows(all), heardAs)), nil
}

// heardAs returns the kind of trouble that begins with the line, "" for none.
func heardAs(line string) string {
	splats := splat.In([]string{line})
	if len(splats) == 0 {
		return ""
	}
	return string(splats[0].Kind)
}
