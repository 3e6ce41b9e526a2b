// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// Sources are the sources of a series' kernels.
type Sources struct {
	Dir     string // holds those of the core, in the kernel's folders
	Version string // of the package
}

// kernelSource is where the package of a kernel's sources has them.
const kernelSource = "usr/src/linux-source-"

// core are the folders of a kernel, and the files, that every kernel of the
// host's architecture and of arm64 has in it: not its drivers, file systems and
// protocols.
var core = []string{
	"kernel/", "lib/", "mm/", "block/", "init/main.c", "drivers/base/", "security/lockdown/",
	"fs/sysfs/", "fs/proc/", "fs/debugfs/", "fs/kernfs/", "net/core/", "net/netlink/af_netlink.c", "net/sched/sch_generic.c",
	"arch/x86/kernel/", "arch/x86/mm/", "arch/x86/lib/", "arch/arm64/kernel/", "arch/arm64/mm/",
}

// Sources returns the sources of the newest kernel of a series, fetched and
// unpacked if need be.
func (p *Provider) Sources(ctx context.Context, series string) (Sources, error) {
	t, err := p.sourceTarget(series)
	if err != nil {
		return Sources{}, err
	}
	var found Sources
	err = p.obtain(ctx, t, func(pin catalogue.Pin) error {
		dir, err := p.cache.Dir(ctx, sourcesInputs(pin, core), func(ctx context.Context, tmp string) error { return p.buildSources(ctx, pin, tmp) })
		found = Sources{Dir: dir, Version: pin.Version}
		return err
	})
	return found, owned(ctx, err, "cannot get the sources of "+series)
}

// CachedSources returns those sources of a series that are in the cache, and
// whether there are any.
func (p *Provider) CachedSources(series string) (Sources, bool) {
	t, err := p.sourceTarget(series)
	if err != nil {
		return Sources{}, false
	}
	pin, ok := p.recall(t)
	if !ok {
		return Sources{}, false
	}
	dir, ok := p.cache.Lookup(kindSources, sourcesInputs(pin, core).Key())
	return Sources{Dir: dir, Version: pin.Version}, ok
}

// sourceTarget is what the sources of a series are chosen by. As of compilers,
// the version is that of one of the packages, which is the only one here. The
// error is a [fault.Error].
func (p *Provider) sourceTarget(series string) (target, error) {
	i := slices.IndexFunc(p.catalogue.Series, func(s catalogue.Series) bool { return s.Name == series })
	if i < 0 {
		return target{}, &fault.Error{Owner: fault.Usage, What: "there is no series " + series, Hint: "take one of " + strings.Join(p.catalogue.Names(), ", ")}
	}
	name := "linux-source-" + series
	return toolchainTarget(p, catalogue.Toolchain{Name: name, Suite: p.catalogue.Series[i].Suites[0], CC: name, Packages: []string{name}}), nil
}

// buildSources unpacks the core of the package's kernel into tmp.
func (p *Provider) buildSources(ctx context.Context, pin catalogue.Pin, tmp string) error {
	if err := p.fetch(ctx, pin); err != nil {
		return err
	}
	s := step.Start(ctx, "unpack the sources of %s", pin.Version)
	for _, pkg := range pin.Packages {
		if err := unpack(ctx, p.deb(pkg), tmp, sourceArchive); err != nil {
			return s.End(err)
		}
	}
	if err := unpackSources(ctx, tmp, corePlace); err != nil {
		return s.End(err)
	}
	return s.End(present(tmp, "kernel/panic.c", "mm/slub.c", "arch/x86/kernel/traps.c"))
}

// sourceArchive keeps the archive of the kernel's sources.
func sourceArchive(name string) string {
	if strings.HasPrefix(name, kernelSource) && strings.HasSuffix(name, ".tar.xz") {
		return name
	}
	return ""
}

// corePlace keeps the C sources of the core, and of fs what is of no file system.
func corePlace(name string) string {
	_, rest, _ := strings.Cut(name, "/")
	if ext := path.Ext(rest); ext != ".c" && ext != ".h" {
		return ""
	}
	if path.Dir(rest) == "fs" || slices.ContainsFunc(core, func(prefix string) bool { return strings.HasPrefix(rest, prefix) }) {
		return rest
	}
	return ""
}

// unpackSources replaces the archive of the kernel's sources in dir by the files
// of it that have a place.
func unpackSources(ctx context.Context, dir string, place func(name string) string) error {
	archives, err := filepath.Glob(filepath.Join(dir, kernelSource+"*.tar.xz"))
	if err != nil || len(archives) != 1 {
		return fmt.Errorf("sources of the kernel: %v, %w; want one archive", archives, err)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "xz", "--decompress", "--stdout", archives[0])
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return err
	}
	err = untar(out, dir, place)
	if err != nil {
		cmd.Process.Kill() // it would wait for a reader for ever
	}
	if werr := cmd.Wait(); err == nil && werr != nil {
		err = fmt.Errorf("xz: %w: %s", werr, strings.TrimSpace(stderr.String()))
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(dir, "usr/src"))
}
