// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"fmt"
	"strings"

	"kmodlab/vmimages/internal/catalogue"
)

// builtTarget is what the sources are chosen by of a kernel that is built here:
// those of the given version and no other.
func builtTarget(p *Provider, ch catalogue.Choice, version string) target {
	name := "linux-source-" + strings.TrimSuffix(ch.Series, "-rc")
	t := target{name: pinName(ch), arch: ch.Arch, suite: ch.Suite, exact: true, among: []string{name, version}, keep: func(n string) bool { return n == name }}
	t.pin, t.pinned = p.lock.Kernel(ch.Series, ch.Flavour, ch.Arch)
	t.choose = func(all []entry) (catalogue.Pin, error) { return chooseSources(all, ch, name, version) }
	return t
}

// imageVersion returns the version of the kernel that the sources of ch belong to:
// that of the default flavour, as it is pinned or was chosen here; "" if it was
// neither.
func (p *Provider) imageVersion(ch catalogue.Choice) string {
	ch.Flavour = p.catalogue.Flavours[0]
	pin, _ := p.current(kernelTarget(p, ch))
	return pin.Version
}

// chooseSources picks the package of sources that has the version.
func chooseSources(all []entry, ch catalogue.Choice, name, version string) (catalogue.Pin, error) {
	absent := &noSourcesError{name: name, version: version, suite: ch.Suite}
	for _, e := range all {
		if e.Name != name {
			continue
		}
		if e.Version == version {
			return catalogue.Pin{Name: pinName(ch), Arch: ch.Arch, Suite: ch.Suite, Release: builtRelease(version, ch.Flavour, ch.Arch), Version: version,
				Packages: []catalogue.Package{e.Package}}, nil
		}
		absent.has = append(absent.has, e.Version)
	}
	return catalogue.Pin{}, absent
}

// noSourcesError says that a suite does not have the sources of a kernel.
type noSourcesError struct {
	name, version, suite string
	has                  []string // the versions of which it does
}

// Error says what there is instead.
func (e *noSourcesError) Error() string {
	has := "none"
	if len(e.has) > 0 {
		has = strings.Join(e.has, ", ")
	}
	return fmt.Sprintf("%s has no %s of version %s, which is that of the image; it has %s", e.suite, e.name, e.version, has)
}
