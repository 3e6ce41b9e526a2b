// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/vmimages/internal/catalogue"
)

// Points returns the releases that the archive has of the series, flavour and
// architecture of ch, oldest first, from all suites of the series: those with
// image and headers. The error is a [fault.Error].
func (p *Provider) Points(ctx context.Context, ch catalogue.Choice) ([]catalogue.Choice, error) {
	var pins []catalogue.Pin
	for _, suite := range p.suites(ch.Series) {
		in := ch
		in.Suite = suite
		found, err := p.kernelsIn(ctx, in)
		if err != nil {
			return nil, err
		}
		pins = append(pins, found...)
	}
	slices.SortStableFunc(pins, func(a, b catalogue.Pin) int { return compare(a.Version, b.Version) })
	var points []catalogue.Choice
	seen := map[string]bool{}
	for _, pin := range pins {
		if seen[pin.Release] { // in a release and in its security updates
			continue
		}
		seen[pin.Release] = true
		point := ch
		point.Every, point.Suite, point.ABI = false, pin.Suite, abiOf(pin.Release, ch)
		points = append(points, point)
	}
	return points, nil
}

// located returns ch with the suite that has it, when it names one release.
func (p *Provider) located(ctx context.Context, ch catalogue.Choice) (catalogue.Choice, error) {
	if ch.ABI == "" {
		return ch, nil
	}
	suites := p.suites(ch.Series)
	for _, suite := range suites { // chosen before: no need to ask
		ch.Suite = suite
		if _, ok := p.recall(kernelTarget(p, ch)); ok {
			return ch, nil
		}
	}
	var past error
	for _, suite := range suites {
		ch.Suite = suite
		found, err := p.kernelsIn(ctx, ch)
		if _, ok := errors.AsType[*expiredError](err); ok {
			past = cmp.Or(past, err) // another suite may have it
			continue
		}
		if err != nil {
			return ch, err
		}
		if len(found) > 0 {
			return ch, nil
		}
	}
	if past != nil {
		return ch, past
	}
	return ch, &fault.Error{Owner: fault.Usage, What: "the archive has no image with headers of " + p.catalogue.Name(ch), Where: strings.Join(suites, ", "),
		Hint: "see which it has: " + fault.Command("kernels:points")}
}

// kernelsIn returns the kernels that the suite of ch has.
func (p *Provider) kernelsIn(ctx context.Context, ch catalogue.Choice) ([]catalogue.Pin, error) {
	var pins []catalogue.Pin
	err := p.withIndex(ctx, ch.Suite, ch.Arch, isKernelPackage, func(all []entry, _ root) error {
		pins = kernels(all, ch, p.catalogue.Host)
		return nil
	})
	return pins, err
}

func (p *Provider) suites(series string) []string {
	i := slices.IndexFunc(p.catalogue.Series, func(s catalogue.Series) bool { return s.Name == series })
	if i < 0 {
		return nil
	}
	return p.catalogue.Series[i].Suites
}

// abiOf is the release without flavour and architecture.
func abiOf(release string, ch catalogue.Choice) string {
	abi := strings.TrimSuffix(release, "-"+ch.Arch)
	if ch.Flavour != ch.Arch {
		abi = strings.TrimSuffix(abi, "-"+ch.Flavour)
	}
	return abi
}
