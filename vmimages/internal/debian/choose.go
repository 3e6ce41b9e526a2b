// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"pault.ag/go/debian/version"

	"kmodlab/vmimages/internal/catalogue"
)

// isKernelPackage accepts the names of packages that a kernel may be made of.
func isKernelPackage(name string) bool {
	for _, prefix := range []string{"linux-headers-", "linux-image-", binaryPackage, "linux-base-", "linux-kbuild-", modulesPackage} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// kernels returns the kernels of (series, flavour, arch) of which an index has
// image and headers, oldest first. A suite may list the headers of a release
// whose image is not there yet, and the other way round.
func kernels(all []entry, ch catalogue.Choice, host string) []catalogue.Pin {
	byName := map[string][]entry{}
	for _, e := range all {
		byName[e.Name] = append(byName[e.Name], e)
	}
	var pins []catalogue.Pin
	for _, headers := range all {
		release, abi, ok := releaseOf(headers, ch)
		if !ok || ch.ABI != "" && abi != ch.ABI {
			continue
		}
		if packages, ok := kernelPackages(byName, headers, release, host); ok {
			pins = append(pins, catalogue.Pin{Name: pinName(ch), Arch: ch.Arch, Suite: ch.Suite, Release: release, Version: headers.Version, Packages: packages})
			if modules, ok := fitting(byName[modulesPackage+release], headers, host); ok {
				pins[len(pins)-1].Modules = modules.Package
			}
		}
	}
	slices.SortStableFunc(pins, func(a, b catalogue.Pin) int { return compare(a.Version, b.Version) })
	return pins
}

// pinName is the name under which the choice's packages are pinned.
func pinName(ch catalogue.Choice) string { return catalogue.KernelName(ch.Series, ch.Flavour) }

// chooseKernel picks the newest of the kernels.
func chooseKernel(all []entry, ch catalogue.Choice, host string) (catalogue.Pin, error) {
	pins := kernels(all, ch, host)
	if len(pins) == 0 {
		return catalogue.Pin{}, &absentError{ch, len(all)}
	}
	return pins[len(pins)-1], nil
}

// absentError says that an index has no kernel of the choice that is complete.
type absentError struct {
	choice   catalogue.Choice
	packages int // in the index
}

func (e *absentError) Error() string {
	ch := e.choice
	return fmt.Sprintf("no image with headers of %s, flavour %s, for %s, among %d packages", cmp.Or(ch.ABI, ch.Series), ch.Flavour, ch.Arch, e.packages)
}

// releaseOf takes release and ABI out of the name of a headers package, if it
// is one of (series, flavour, arch): linux-headers-RELEASE, and a RELEASE is
// ABI-amd64 or ABI-FLAVOUR-amd64. Release candidates have no point in their
// ABI: 7.3-amd64 is of the series 7.3-rc.
func releaseOf(headers entry, ch catalogue.Choice) (release, abi string, ok bool) {
	release, ok = strings.CutPrefix(headers.Name, "linux-headers-")
	if !ok || headers.Arch != ch.Arch {
		return "", "", false
	}
	suffix := "-" + ch.Arch
	if ch.Flavour != ch.Arch {
		suffix = "-" + ch.Flavour + suffix
	}
	if abi, ok = strings.CutSuffix(release, suffix); !ok {
		return "", "", false
	}
	if base, rc := strings.CutSuffix(ch.Series, "-rc"); rc {
		return release, abi, abi == base && strings.Contains(headers.Version, "~rc")
	}
	if !strings.HasPrefix(abi, ch.Series+".") {
		return "", "", false
	}
	// What follows the last hyphen of an ABI is a number (6.1.0-56); a word is
	// another flavour.
	_, last, hyphen := cutLast(abi, "-")
	return release, abi, !hyphen || last != "" && last[0] >= '0' && last[0] <= '9'
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// kernelPackages returns the packages of one release, in order of their names,
// and whether all of them are there. Until 6.18 linux-image holds image,
// configuration and modules; from 6.19 on it is empty and the image is in
// linux-binary, the configuration in linux-base, and the modules in linux-modules,
// which is not among them.
// The programs of Kbuild are those that run on the host.
func kernelPackages(byName map[string][]entry, headers entry, release, host string) ([]catalogue.Package, bool) {
	want := []string{headers.Name}
	if _, split := byName[binaryPackage+release]; split {
		want = append(want, binaryPackage+release, "linux-base-"+release)
	} else {
		want = append(want, "linux-image-"+release)
	}
	parts := 0
	for _, name := range headers.depends {
		if strings.HasPrefix(name, "linux-headers-") || strings.HasPrefix(name, "linux-kbuild-") {
			want = append(want, name)
			parts++
		}
	}
	slices.Sort(want)
	var packages []catalogue.Package
	for _, name := range want {
		e, ok := fitting(byName[name], headers, host)
		if !ok {
			return nil, false
		}
		packages = append(packages, e.Package)
	}
	return packages, parts == 2 // the common headers and the tools of Kbuild
}

// fitting returns the one of a package's versions that goes with the headers:
// that of the same version. The programs of Kbuild, which older headers share
// with newer ones, may be newer: Debian's 6.1 headers ask for them with ">=".
func fitting(versions []entry, headers entry, host string) (entry, bool) {
	var best entry
	for _, e := range versions {
		isTool := strings.HasPrefix(e.Name, "linux-kbuild-")
		if isTool && e.Arch != host || !isTool && e.Arch != headers.Arch && e.Arch != "all" {
			continue
		}
		order := compare(e.Version, headers.Version)
		if order != 0 && !(isTool && order > 0) {
			continue
		}
		if best.Name == "" || compare(e.Version, best.Version) < 0 {
			best = e
		}
	}
	return best, best.Name != ""
}

// chooseToolchain picks the newest version of every package of t.
func chooseToolchain(all []entry, t catalogue.Toolchain, arch string) (catalogue.Pin, error) {
	pin := catalogue.Pin{Name: t.Name, Arch: arch, Suite: t.Suite}
	for _, name := range slices.Sorted(slices.Values(t.Packages)) {
		var best catalogue.Package
		for _, e := range all {
			if e.Name == name && (e.Arch == arch || e.Arch == "all") && (best.Name == "" || compare(e.Version, best.Version) > 0) {
				best = e.Package
			}
		}
		if best.Name == "" {
			return pin, fmt.Errorf("no package %s, which toolchain %s needs", name, t.Name)
		}
		if (strings.HasPrefix(name, "gcc-") || name == t.CC) && pin.Version == "" {
			pin.Version = best.Version
		}
		pin.Packages = append(pin.Packages, best)
	}
	return pin, nil
}

// compare orders versions as dpkg does: -1, 0 or 1. What is no version at all
// comes first.
func compare(a, b string) int {
	va, errA := version.Parse(a)
	vb, errB := version.Parse(b)
	switch {
	case errA != nil && errB != nil:
		return strings.Compare(a, b)
	case errA != nil:
		return -1
	case errB != nil:
		return 1
	}
	return version.Compare(va, vb)
}
