// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"kmodlab/harness/internal/host"
	"kmodlab/harness/internal/report"
	"kmodlab/vmimages"
)

// Kernels lists the kernels that the catalogue knows: what is pinned, where it
// comes from, how large it is, and whether it is in the cache.
func (h Home) Kernels(ctx context.Context, w io.Writer) error {
	ctx, l, err := h.open(ctx, w, Flags{})
	if err != nil {
		return status(err)
	}
	rows, err := l.provider.List(ctx)
	if err != nil {
		return status(err)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "kernel\trelease\tversion\torigin\tcached\tdownload\tits modules")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Name, r.Release, r.Version, r.Origin, yesNo(r.Cached), report.Size(r.Size), modulesOf(r))
	}
	return t.Flush()
}

// KernelsPoints lists every release that the archive has of the kernels that
// the flags name; all when they name none. The releases are what -kernel takes.
func (h Home) KernelsPoints(ctx context.Context, w io.Writer, f Flags) error {
	f.Kernel = or(f.Kernel, "every")
	ctx, l, err := h.open(ctx, io.Discard, f)
	if err != nil {
		return status(err)
	}
	choices, err := l.choices(ctx, f)
	if err != nil {
		return status(err)
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "release\tseries\torigin")
	for _, ch := range choices {
		fmt.Fprintf(t, "%s\t%s\t%s\n", l.catalogue.Name(ch), ch.Series, ch.Suite)
	}
	return t.Flush()
}

// KernelsFetch makes the kernels that the flags name ready for use: fetched, or
// built where the archive does not have them. Of several it goes on after an error.
func (h Home) KernelsFetch(ctx context.Context, w io.Writer, f Flags) error {
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	sources, err := l.kernels(ctx, f)
	if err != nil {
		return status(err)
	}
	if err := host.Ensure(ctx, host.Needs()); err != nil {
		return status(err)
	}
	var failed []error
	for _, source := range sources {
		k, err := source.Get(ctx)
		if ctx.Err() != nil {
			return interrupted()
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		l.view.Printf("%s is ready: %s, in %s\n", source.Name, k.Release, filepath.Dir(k.Image))
	}
	return status(errors.Join(failed...))
}

// KernelsUpdate asks the archive for the newest kernels, rewrites the lock file
// and says what changed.
func (h Home) KernelsUpdate(ctx context.Context, w io.Writer) error {
	ctx, l, err := h.open(ctx, w, Flags{})
	if err != nil {
		return status(err)
	}
	lock, changes, err := l.provider.Update(ctx)
	if err != nil {
		return status(err)
	}
	for _, c := range changes {
		fmt.Fprintln(w, c)
	}
	if len(changes) == 0 {
		fmt.Fprintln(w, "the lock file names the newest kernels already")
		return nil
	}
	text, err := lock.Encode()
	if err != nil {
		return status(err)
	}
	return status(os.WriteFile(filepath.Join(l.home.Sources, vmimages.LockFile), text, 0o644))
}

// modulesOf says what the kernel's own modules cost, once one of them is needed.
func modulesOf(r vmimages.Row) string {
	switch {
	case r.Whole:
		return "with it"
	case r.Modules == 0:
		return "not to be had"
	}
	return report.Size(r.Modules)
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
