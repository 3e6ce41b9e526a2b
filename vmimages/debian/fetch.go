// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kmodlab/harness/fault"
	"kmodlab/harness/step"
	"kmodlab/vmimages"
)

// kindDeb is the cache's kind of packages; their key is their SHA-256.
const kindDeb = "deb"

// goneError says that the archive no longer has what a pin names.
type goneError struct {
	pin      vmimages.Pin
	packages []vmimages.Package
}

// Error names the packages.
func (e *goneError) Error() string {
	var names []string
	for _, p := range e.packages {
		names = append(names, p.String())
	}
	return e.pin.Suite + " no longer has " + strings.Join(names, ", ")
}

// fetch makes sure that the packages of pin are in the cache, whole and with
// the hashes that the pin says. The error is a [goneError] when the archive
// has moved on, else a [fault.Error].
func (p *Provider) fetch(ctx context.Context, pin vmimages.Pin) error {
	if missing, err := p.missing(ctx, pin); err != nil || len(missing) == 0 {
		return err
	}
	return p.withRoot(ctx, pin.Suite, func(r root) error {
		missing, err := p.missing(ctx, pin) // another run may have fetched them while we waited
		if err != nil || len(missing) == 0 {
			return err
		}
		renewed := !r.isFresh()
		if renewed {
			if err := r.update(ctx); err != nil {
				return err
			}
		}
		if err := p.available(r, pin, missing); err != nil {
			return err
		}
		err = p.download(ctx, r, pin, missing)
		if !renewed && (classify(err) == missingFile || classify(err) == midSync) {
			if err = r.update(ctx); err == nil { // the index was new, but not new enough
				err = p.available(r, pin, missing)
			}
			if err == nil {
				err = p.download(ctx, r, pin, missing)
			}
		}
		return blame(err, pin.Suite, r.site)
	})
}

// missing returns the packages that are not in the cache. One that is there
// but was damaged is removed, with a note, and counts as missing.
func (p *Provider) missing(ctx context.Context, pin vmimages.Pin) ([]vmimages.Package, error) {
	var missing []vmimages.Package
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
func (p *Provider) available(r root, pin vmimages.Pin, packages []vmimages.Package) error {
	names := map[string]bool{}
	for _, pkg := range packages {
		names[pkg.Name] = true
	}
	entries, err := r.index(func(name string) bool { return names[name] })
	if err != nil {
		return err
	}
	there := map[string]vmimages.Package{}
	for _, e := range entries {
		there[e.String()] = e.Package
	}
	gone := &goneError{pin: pin}
	for _, pkg := range packages {
		found, ok := there[pkg.String()]
		if !ok {
			gone.packages = append(gone.packages, pkg)
		} else if found != pkg {
			return &fault.Error{Party: fault.Archive, What: "the archive's " + pkg.String() + " is not the one that is pinned",
				Where: pin.Suite + " at " + r.site, Err: fmt.Errorf("SHA-256 %s; want %s", found.SHA256, pkg.SHA256),
				Fix: "do not trust this mirror before you know why: a package never changes under one version"}
		}
	}
	if len(gone.packages) > 0 {
		return gone
	}
	return nil
}

// download gets the packages through apt and puts them into the cache. The
// error may be an [aptError].
func (p *Provider) download(ctx context.Context, r root, pin vmimages.Pin, packages []vmimages.Package) error {
	total := vmimages.Pin{Packages: packages}.Size()
	s := step.Start(ctx, "download %s (%d packages, %.1f MB)", pin.Name, len(packages), float64(total)/1e6)
	dir, remove, err := p.cache.Temp(ctx, "download")
	if err != nil {
		return s.End(err)
	}
	defer remove()
	argv := []string{"apt-get", "download", "-o", "APT::Status-Fd=3"}
	for _, pkg := range packages {
		argv = append(argv, pkg.String())
	}
	read, write, err := os.Pipe()
	if err != nil {
		return s.End(err)
	}
	done := make(chan struct{})
	go func() {
		followProgress(read, func(percent float64) { s.Progress(int64(percent/100*float64(total)), total) })
		read.Close()
		close(done)
	}()
	err = runApt(ctx, aptRun{argv: argv, config: r.config(), dir: dir, status: write})
	write.Close()
	<-done
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

// keep moves a downloaded package into the cache if it is what the pin says.
func (p *Provider) keep(ctx context.Context, file string, pkg vmimages.Package) error {
	_, err := p.cache.Dir(ctx, kindDeb, pkg.SHA256, func(_ context.Context, tmp string) error {
		if err := os.Rename(file, filepath.Join(tmp, debName(pkg))); err != nil {
			return err
		}
		if err := checkDeb(tmp, pkg); err != nil {
			return &fault.Error{Party: fault.Archive, What: "a package is not the one that is pinned", Where: pkg.String(), Err: err,
				Fix: "do not trust this mirror before you know why"}
		}
		return nil
	})
	return err
}

// debName is the name that apt gives a package's file.
func debName(p vmimages.Package) string {
	return p.Name + "_" + strings.ReplaceAll(p.Version, ":", "%3a") + "_" + p.Arch + ".deb"
}

// checkDeb checks size and hash of the package in the folder dir.
func checkDeb(dir string, pkg vmimages.Package) error {
	file := filepath.Join(dir, debName(pkg))
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() != pkg.Size {
		return fmt.Errorf("%d bytes; want %d", info.Size(), pkg.Size)
	}
	sum, err := digest(file)
	if err == nil && sum != pkg.SHA256 {
		err = fmt.Errorf("SHA-256 %s; want %s", sum, pkg.SHA256)
	}
	return err
}

// digest returns the SHA-256 of a file in hex.
func digest(file string) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// followProgress reads what apt writes to its status descriptor, lines such as
// "dlstatus:1:20.5:Retrieving file 1 of 4" (README.progress-reporting of apt),
// and calls percent for each.
func followProgress(r io.Reader, percent func(float64)) {
	for sc := bufio.NewScanner(r); sc.Scan(); {
		parts := strings.SplitN(sc.Text(), ":", 4)
		if len(parts) < 3 || parts[0] != "dlstatus" {
			continue
		}
		if n, err := strconv.ParseFloat(parts[2], 64); err == nil && n >= 0 && n <= 100 {
			percent(n)
		}
	}
}
