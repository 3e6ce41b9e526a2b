// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// goneError says that the archive no longer has what a pin names.
type goneError struct {
	pin      catalogue.Pin
	packages []catalogue.Package
}

// Error names the packages.
func (e *goneError) Error() string {
	var names []string
	for _, p := range e.packages {
		names = append(names, p.String())
	}
	return e.pin.Suite + " no longer has " + strings.Join(names, ", ")
}

// lackingError says that the mirror has no file of a package that its index
// lists.
type lackingError struct {
	pin catalogue.Pin
	err error // apt's
}

func (e *lackingError) Error() string { return e.err.Error() }

func (e *lackingError) Unwrap() error { return e.err }

// fetch makes sure that the packages of pin are in the cache, whole and with
// the hashes that the pin says. The error is a [goneError] when the archive
// has moved on, else a [fault.Error]; of a [lackingError] where files are not
// there that should be.
func (p *Provider) fetch(ctx context.Context, pin catalogue.Pin) error {
	if missing, err := p.missing(ctx, pin); err != nil || len(missing) == 0 {
		return err
	}
	return p.withRoot(ctx, pin.Suite, pin.Arch, func(r root) error {
		missing, err := p.missing(ctx, pin) // another run may have fetched them while we waited
		if err != nil || len(missing) == 0 {
			return err
		}
		err = p.renewAndDownload(ctx, r, pin, missing, r.isFresh())
		if sort := classify(err); sort == missingFile || sort == midSync {
			step.Note(ctx, "%s changed while it was read; trying once more", pin.Suite)
			err = p.renewAndDownload(ctx, r, pin, missing, false)
		}
		return blame(err, pin.Suite, r.site)
	})
}

// renewAndDownload gets the packages with an index that is renewed first,
// unless it is fresh. The error may be an [aptError].
func (p *Provider) renewAndDownload(ctx context.Context, r root, pin catalogue.Pin, packages []catalogue.Package, fresh bool) error {
	if !fresh {
		if err := r.update(ctx); err != nil {
			return err
		}
	}
	if err := p.available(r, pin, packages); err != nil {
		return err
	}
	return p.download(ctx, r, pin, packages)
}

// missing returns the packages that are not in the cache. One that is there
// but was damaged is removed, with a note, and counts as missing.
func (p *Provider) missing(ctx context.Context, pin catalogue.Pin) ([]catalogue.Package, error) {
	var missing []catalogue.Package
	for _, pkg := range pin.Packages {
		path, ok := p.cache.Lookup(kindDeb, pkg.SHA256)
		if ok {
			err := checkDeb(path, pkg)
			if err == nil {
				continue
			}
			step.Note(ctx, "%s in the cache is damaged (%v): fetching it again", pkg, err)
			if err := p.cache.EvictIf(ctx, kindDeb, pkg.SHA256, func(path string) error { return checkDeb(path, pkg) }); err != nil {
				return nil, err
			}
		}
		missing = append(missing, pkg)
	}
	return missing, nil
}

// available checks that the index has all packages, with the pin's hashes.
func (p *Provider) available(r root, pin catalogue.Pin, packages []catalogue.Package) error {
	names := map[string]bool{}
	for _, pkg := range packages {
		names[pkg.Name] = true
	}
	entries, err := r.index(func(name string) bool { return names[name] })
	if err != nil {
		return err
	}
	there := map[string]catalogue.Package{}
	for _, e := range entries {
		there[e.String()] = e.Package
	}
	gone := &goneError{pin: pin}
	for _, pkg := range packages {
		found, ok := there[pkg.String()]
		if !ok {
			gone.packages = append(gone.packages, pkg)
		} else if found != pkg {
			return &fault.Error{Owner: fault.Archive, What: "the archive's " + pkg.String() + " is not the one that is pinned",
				Where: pin.Suite + " at " + r.site, Err: fmt.Errorf("SHA-256 %s; want %s", found.SHA256, pkg.SHA256),
				Hint: "do not trust this mirror before you know why: a package never changes under one version"}
		}
	}
	if len(gone.packages) > 0 {
		return gone
	}
	return nil
}

// download gets the packages through apt and puts them into the cache. The
// error may be an [aptError].
func (p *Provider) download(ctx context.Context, r root, pin catalogue.Pin, packages []catalogue.Package) error {
	total := catalogue.Pin{Packages: packages}.Size()
	s := step.Start(ctx, "download %s (%d packages, %.1f MB)", pin.Name, len(packages), float64(total)/1e6)
	dir, remove, err := p.cache.Temp(ctx, "download")
	if err != nil {
		return s.End(err)
	}
	defer remove()
	argv := []string{"apt-get", "download"}
	for _, pkg := range packages {
		argv = append(argv, pkg.String())
	}
	err = runApt(ctx, aptRun{argv: argv, config: r.config(), dir: dir, percent: func(percent float64) {
		s.Progress(int64(percent/100*float64(total)), total)
	}})
	if classify(err) == missingFile {
		err = &lackingError{pin, err}
	}
	if err != nil {
		return s.End(err)
	}
	for _, pkg := range packages {
		if err := p.keep(ctx, filepath.Join(dir, debName(pkg)), pkg); err != nil {
			return s.End(err)
		}
	}
	s.Progress(total, total)
	return s.End(nil)
}
