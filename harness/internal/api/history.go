// SPDX-License-Identifier: GPL-2.0-only

package api

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// History is kernels from the oldest to the newest.
type History []Kernel

// NewHistory puts kernels in their order.
func NewHistory(kernels []Kernel) History {
	h := slices.Clone(kernels)
	slices.SortFunc(h, func(a, b Kernel) int { return cmp.Or(compare(a, b), strings.Compare(a.Name, b.Name)) })
	return h
}

// compare orders kernels by the numbers of their releases, whatever the flavour.
func compare(a, b Kernel) int { return slices.Compare(numbers(a.Release), numbers(b.Release)) }

var (
	number  = regexp.MustCompile(`\d+`)
	flavour = regexp.MustCompile(`-[a-z]`) // where flavour and architecture begin
)

// numbers are those of a release: 6, 12, 118, 13 of 6.12.118+deb13-cloud-amd64.
func numbers(release string) []int {
	if at := flavour.FindStringIndex(release); at != nil {
		release = release[:at[0]]
	}
	var all []int
	for _, digits := range number.FindAllString(release, -1) {
		n, _ := strconv.Atoi(digits) // one that is too large is a large one
		all = append(all, n)
	}
	return all
}

// Miss is a name that something of a module asked for in vain.
type Miss struct {
	Name string
	Use  Use
}

// Use is what it was wanted for.
type Use int

// The uses.
const (
	Compile Use = iota // a word in a source
	Include            // a header
	Link               // a symbol
)

// in says whether the kernel has what is missed, and what it has of it.
func (m Miss) in(k Kernel) (Offer, bool, error) {
	if m.Use == Include {
		has, err := k.HasHeader(m.Name)
		return Offer{}, has, err
	}
	offers, err := k.Ask(m.Name)
	o := offers[m.Name]
	return o, m.Use == Link && o.Exported || m.Use == Compile && o.Compiles(), err
}

// Explain says what became of what is missed on the kernel here: which kernel
// still has it, or has it only later. It is "" where the files tell nothing, as
// for a word that is misspelt; lacks is false when here has it all the same.
// Kernels that cannot be read are passed over: it is an extra.
func (h History) Explain(here Kernel, m Miss) (why string, lacks bool) {
	o, has, err := m.in(here)
	switch {
	case err != nil:
		return "", false
	case has:
		return m.present(o), false
	}
	return h.absent(here, m, o), true
}

// absent says where else there is what here lacks. o is what here has of it.
func (h History) absent(here Kernel, m Miss, o Offer) string {
	state := "gone here"
	if m.Use == Link && o.Kind > None {
		state = "declared here, not exported"
	}
	if k, ok := h.nearest(m, here, -1); ok {
		return fmt.Sprintf("%s: %s; %s still %s", m.Name, state, k.Name, m.verb())
	}
	if k, ok := h.nearest(m, here, 1); ok {
		return fmt.Sprintf("%s: not here yet; %s %s", m.Name, k.Name, m.verb())
	}
	if m.Use == Link && o.Kind > None {
		return fmt.Sprintf("%s: %s, and by no other kernel in the cache", m.Name, state)
	}
	return ""
}

// nearest returns the kernel next to here that has what is missed: among older
// ones for the direction -1, among newer ones for 1. One that differs only in
// flavour is neither.
func (h History) nearest(m Miss, here Kernel, direction int) (Kernel, bool) {
	ordered := slices.Clone(h) // of one release the plain flavour comes first
	slices.SortStableFunc(ordered, func(a, b Kernel) int { return compare(a, b) * direction })
	for _, k := range ordered {
		if compare(k, here)*direction <= 0 {
			continue
		}
		if _, has, err := m.in(k); err == nil && has {
			return k, true
		}
	}
	return Kernel{}, false
}

func (m Miss) verb() string {
	if m.Use == Link {
		return "exports it"
	}
	return "has it"
}

// present says why something is missed although the kernel has it.
func (m Miss) present(o Offer) string {
	switch {
	case m.Use == Compile:
		return fmt.Sprintf("%s: this kernel has it in %s; does the source include that?", m.Name, o.Header)
	case m.Use == Link && o.Export.Namespace != "":
		return fmt.Sprintf("%s: exported in the namespace %s, which the module has to import (MODULE_IMPORT_NS)", m.Name, o.Export.Namespace)
	case m.Use == Link && o.Export.Object != "vmlinux":
		return fmt.Sprintf("%s: the kernel's module %s exports it, which has to be inserted before", m.Name, o.Export.Object[strings.LastIndex(o.Export.Object, "/")+1:])
	}
	return ""
}
