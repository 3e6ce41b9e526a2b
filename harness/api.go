// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/tabwriter"

	"kmodlab/harness/internal/api"
	"kmodlab/harness/internal/removed"
	"kmodlab/internal/fault"
)

// KernelsAPI tells which kernels have the symbols or headers, which are a list
// with commas or blanks: those that the flags name, or every one in the cache.
func (h Home) KernelsAPI(ctx context.Context, w io.Writer, symbols string, f Flags) error {
	names, err := parseSymbols(symbols)
	if err != nil {
		return status(err)
	}
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	history, err := l.asked(ctx, f)
	if err != nil {
		return ended(ctx, err)
	}
	rows, err := history.Rows(names...)
	if err != nil {
		return status(fmt.Errorf("cannot read what a kernel offers: %w", err))
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprint(t, "symbol")
	for _, k := range history {
		fmt.Fprintf(t, "\t%s", k.Name)
	}
	for _, r := range rows {
		fmt.Fprintf(t, "\n%s\t%s", r.Name, strings.Join(r.Cells, "\t"))
	}
	fmt.Fprintln(t)
	if err := t.Flush(); err != nil {
		return err
	}
	return status(tellRemovals(w, names))
}

// tellRemovals says of each name that kernels no longer have what is written
// instead.
func tellRemovals(w io.Writer, names []string) error {
	list, err := removed.List()
	if err != nil {
		return err
	}
	for _, name := range names {
		if e, ok := removed.Named(list, name); ok {
			fmt.Fprintf(w, "%s: %s\n", name, e.Sentence())
		}
	}
	return nil
}

// symbol is a word of C, or a header as sources include it.
var symbol = regexp.MustCompile(`^(?:[A-Za-z_]\w*|[\w./-]+\.h)$`)

func parseSymbols(list string) ([]string, error) {
	names := strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ' ' })
	for _, name := range names {
		if !symbol.MatchString(name) {
			return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("%q is no symbol", name), Hint: "name functions, macros or headers: go tool mage kernels:api del_timer,linux/timer.h"}
		}
	}
	if len(names) == 0 {
		return nil, &fault.Error{Owner: fault.Usage, What: "no symbol is named", Hint: "go tool mage kernels:api del_timer_sync,strlcpy"}
	}
	return names, nil
}

// asked returns the kernels that the flags name, or, when they name none, those
// in the cache.
func (l *lab) asked(ctx context.Context, f Flags) (api.History, error) {
	if f == (Flags{Locked: f.Locked}) {
		history, err := l.history(ctx)
		if err == nil && len(history) == 0 {
			err = &fault.Error{Owner: fault.Usage, What: "no kernel is in the cache", Where: l.cache.Root(), Hint: "name some, which are fetched then: -kernel=6.1,6.12,7.3"}
		}
		return history, err
	}
	sources, err := l.kernels(ctx, f)
	if err != nil {
		return nil, err
	}
	var all []api.Kernel
	for _, source := range sources {
		k, err := source.Get(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, api.Of(k, source.Name))
	}
	return api.NewHistory(all), nil
}

// history returns the kernels in the cache.
func (l *lab) history(ctx context.Context) (api.History, error) {
	cached, err := l.provider.CachedHeaders(ctx)
	if err != nil {
		return nil, err
	}
	var all []api.Kernel
	for _, c := range cached {
		all = append(all, api.Kernel{Name: c.Name, Release: c.Release, Arch: c.Arch, Headers: c.Dir})
	}
	return api.NewHistory(all), nil
}
