// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// room is what sources and objects of a kernel take on the disk while it is
// built.
const room = 4 << 30

// site is a folder in which a kernel is built. It stays when the build is
// interrupted, and goes when the kernel is done.
type site struct{ dir string }

func (s site) sources() string { return filepath.Join(s.dir, "sources") }
func (s site) objects() string { return filepath.Join(s.dir, "objects") }

// enter returns the site of the planned kernel, locked until leave is called. One
// that nobody went on with is cleared away.
func (p *Provider) enter(ctx context.Context, of plan) (s site, leave func(), err error) {
	in := p.siteInputs(of)
	if leave, err = p.cache.Lock(ctx, in.Kind()+"-"+in.Key()); err != nil { // the lock that Prune asks for
		return s, nil, err
	}
	s.dir, _ = p.cache.Lookup(in.Kind(), in.Key())
	if err = os.MkdirAll(s.dir, 0o755); err == nil {
		err = s.roomy(room)
	}
	if err != nil {
		leave()
		return s, nil, err
	}
	p.cache.Used(in.Kind(), in.Key())
	p.cache.Prune(ctx, in.Kind())
	return s, leave, nil
}

// roomy makes sure that the disk has room for what is still to be written of need
// bytes. The error is a [fault.Error].
func (s site) roomy(need int64) error {
	var disk unix.Statfs_t
	if err := unix.Statfs(s.dir, &disk); err != nil {
		return &fs.PathError{Op: "statfs", Path: s.dir, Err: err}
	}
	free := int64(disk.Bavail) * disk.Bsize
	if need -= taken(s.dir); free >= need {
		return nil
	}
	return &fault.Error{Owner: fault.Host, What: fmt.Sprintf("there is no room to build a kernel in: %.1f GB are free, it takes %.1f GB", float64(free)/1e9, float64(need)/1e9),
		Where: s.dir, Hint: "free some space there, or set " + cache.Env + " to a folder on another disk; what is kept of it in the end is a fiftieth"}
}

// taken returns how many bytes a folder takes on the disk.
func taken(dir string) int64 {
	var sum int64
	filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // what cannot be read does not count
		}
		if info, err := d.Info(); err == nil {
			if stat, ok := info.Sys().(*syscall.Stat_t); ok {
				sum += stat.Blocks * 512
			}
		}
		return nil
	})
	return sum
}

// unpackWhole unpacks the sources of a kernel into the folder dir, unless they are
// there, whole.
func (p *Provider) unpackWhole(ctx context.Context, pin catalogue.Pin, dir string) error {
	if _, err := os.Stat(dir); err == nil {
		return nil
	}
	if err := p.fetch(ctx, pin); err != nil {
		return err
	}
	s := step.Start(ctx, "unpack the sources of %s", pin.Version)
	tmp := dir + ".new"
	if err := os.RemoveAll(tmp); err != nil {
		return s.End(err)
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return s.End(err)
	}
	for _, pkg := range pin.Packages {
		if err := unpack(ctx, p.deb(pkg), tmp, sourceArchive); err != nil {
			return s.End(err)
		}
	}
	err := unpackSources(ctx, tmp, buildPlace)
	if err == nil {
		err = errors.Join(present(tmp, "Makefile", "Kbuild", "scripts/kconfig/Makefile"), os.Rename(tmp, dir))
	}
	return s.End(err)
}

// buildPlace keeps of a kernel's sources what is compiled for this machine, and
// what Kconfig reads.
func buildPlace(name string) string {
	_, rest, _ := strings.Cut(name, "/")
	if strings.HasPrefix(filepath.Base(rest), "Kconfig") {
		return rest
	}
	for _, unneeded := range []string{"Documentation/", "LICENSES/", "samples/", "tools/testing/", "tools/perf/", "drivers/gpu/drm/amd/"} {
		if strings.HasPrefix(rest, unneeded) {
			return ""
		}
	}
	// What fs/hostfs reads of um is read whether or not it is compiled.
	if machine, ok := strings.CutPrefix(rest, "arch/"); ok && !strings.HasPrefix(machine, "x86/") && !strings.HasPrefix(machine, "um/") {
		return ""
	}
	return rest
}

// upstream is the version of the kernel in that of a package: 6.12.118-1 is
// 6.12.118, 7.3.4-1~bpo13+1 is 7.3.4.
func upstream(version string) string {
	if before, _, ok := cutLast(version, "-"); ok {
		return before
	}
	return version
}

// builtRelease is what a kernel of a package's sources calls itself that is built
// as flavour. Its number has three parts, of which the third is 0 until there are
// point releases: 7.3~rc7-1~exp1 makes 7.3.0-rc7-debug-amd64.
func builtRelease(version, flavour, arch string) string {
	number, candidate, isCandidate := strings.Cut(upstream(version), "~")
	if strings.Count(number, ".") == 1 {
		number += ".0"
	}
	if isCandidate {
		number += "-" + candidate
	}
	return number + "-" + flavour + "-" + arch
}
