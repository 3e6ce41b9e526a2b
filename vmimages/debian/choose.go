// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"fmt"
	"slices"
	"strings"

	"pault.ag/go/debian/version"

	"kmodlab/vmimages"
)

// isKernelPackage accepts the names of packages that a kernel may be made of.
func isKernelPackage(name string) bool {
	for _, prefix := range []string{"linux-headers-", "linux-image-", "linux-binary-", "linux-base-", "linux-kbuild-"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// chooseKernel picks the newest kernel of (series, flavour, arch) of which the
// suite has image and headers. A suite may list the headers of a release whose
// image is not there yet, and the other way round.
func chooseKernel(all []entry, series, flavour, arch, suite string) (vmimages.Pin, error) {
	byName := map[string][]entry{}
	for _, e := range all {
		byName[e.Name] = append(byName[e.Name], e)
	}
	var best vmimages.Pin
	for _, headers := range all {
		release, ok := releaseOf(headers.Name, series, flavour, arch)
		if !ok || best.Version != "" && compare(headers.Version, best.Version) <= 0 {
			continue
		}
		packages, ok := kernelPackages(byName, headers, release)
		if !ok {
			continue
		}
		best = vmimages.Pin{Name: vmimages.KernelName(series, flavour), Arch: arch, Suite: suite, Release: release, Version: headers.Version, Packages: packages}
	}
	if best.Version == "" {
		return best, fmt.Errorf("no image with headers of %s, flavour %s, among %d packages", series, flavour, len(all))
	}
	return best, nil
}

// releaseOf takes the release out of the name of a headers package, if it is
// one of (series, flavour, arch): linux-headers-RELEASE, and a RELEASE is
// ABI-amd64 or ABI-FLAVOUR-amd64.
func releaseOf(name, series, flavour, arch string) (release string, ok bool) {
	release, ok = strings.CutPrefix(name, "linux-headers-")
	if !ok || !strings.HasPrefix(release, series+".") {
		return "", false
	}
	suffix := "-" + arch
	if flavour != arch {
		suffix = "-" + flavour + suffix
	}
	abi, ok := strings.CutSuffix(release, suffix)
	if !ok {
		return "", false
	}
	// What follows the last hyphen of an ABI is a number (6.1.0-56); a word is
	// another flavour.
	_, last, hyphen := cutLast(abi, "-")
	return release, !hyphen || last != "" && last[0] >= '0' && last[0] <= '9'
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
// linux-binary, the configuration in linux-base.
func kernelPackages(byName map[string][]entry, headers entry, release string) ([]vmimages.Package, bool) {
	want := []string{headers.Name}
	if _, split := byName["linux-binary-"+release]; split {
		want = append(want, "linux-binary-"+release, "linux-base-"+release)
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
	var packages []vmimages.Package
	for _, name := range want {
		i := slices.IndexFunc(byName[name], func(e entry) bool { return e.Version == headers.Version })
		if i < 0 {
			return nil, false
		}
		packages = append(packages, byName[name][i].Package)
	}
	return packages, parts == 2 // the common headers and the tools of Kbuild
}

// chooseToolchain picks the newest version of every package of t.
func chooseToolchain(all []entry, t vmimages.Toolchain, arch string) (vmimages.Pin, error) {
	pin := vmimages.Pin{Name: t.Name, Arch: arch, Suite: t.Suite}
	for _, name := range slices.Sorted(slices.Values(t.Packages)) {
		var best vmimages.Package
		for _, e := range all {
			if e.Name == name && (best.Name == "" || compare(e.Version, best.Version) > 0) {
				best = e.Package
			}
		}
		if best.Name == "" {
			return pin, fmt.Errorf("no package %s, which toolchain %s needs", name, t.Name)
		}
		if name == t.CC {
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
