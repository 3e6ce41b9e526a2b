// SPDX-License-Identifier: GPL-2.0-only

package catalogue

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kmodlab/internal/fault"
)

// Choice names one kernel of the catalogue: the newest of (series, flavour,
// arch), or the one of its releases that it names.
type Choice struct {
	Series, Flavour, Arch string
	Suite                 string // where it is
	ABI                   string // "6.12.113+deb13", the release without flavour and architecture; "" for the newest
	Every                 bool   // stands for every release that the archive has, until the archive is asked
}

// Name is how a person calls the choice: "6.12", "6.12 rt", "7.3 cloud arm64",
// "6.12.113+deb13". What is usual is left out.
func (c *Catalogue) Name(ch Choice) string {
	name := cmp.Or(ch.ABI, ch.Series)
	if ch.Arch != c.Host && ch.Flavour != ch.Arch {
		return name + " " + ch.Flavour + " " + ch.Arch
	}
	if ch.Flavour != c.Flavours[0] {
		return name + " " + ch.Flavour
	}
	return name
}

// Flags are the flags that choose exactly this kernel on the command line.
func (c *Catalogue) Flags(ch Choice) string {
	flags := "-kernel=" + cmp.Or(ch.ABI, ch.Series)
	if ch.Flavour != c.Flavours[0] {
		flags += " -flavour=" + ch.Flavour
	}
	if ch.Arch != c.Host {
		flags += " -arch=" + ch.Arch
	}
	return flags
}

// Select returns the kernels that the three expressions name, in the order of
// the catalogue. Each is a list with commas.
//
// kernels: "6.12", a series; ">=6.12" (also > < <=), the series that compare
// so; "all", every series; "6.12.*", every release of a series that the
// archive has; "every", of all series; "6.12.113+deb13", one release. "" is the
// default test set.
//
// flavours: "cloud", or "all", which are those that the archive has; "" is the
// default one. arches: "arm64", or
// "all"; "" is the host's own.
//
// What names nothing is a [fault.Error] of usage that lists what there is.
func (c *Catalogue) Select(kernels, flavours, arches string) ([]Choice, error) {
	fs, err := c.flavours(flavours)
	if err != nil {
		return nil, err
	}
	as, err := c.words("architecture", arches, c.Arches())
	if err != nil {
		return nil, err
	}
	var chosen []Choice
	if kernels == "" {
		for _, s := range c.Default() {
			chosen = append(chosen, Choice{Series: s.Name})
		}
	}
	for word := range strings.SplitSeq(kernels, ",") {
		if word = strings.TrimSpace(word); word != "" {
			found, err := c.kernels(word)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, found...)
		}
	}
	var all []Choice
	for _, arch := range as {
		for _, ch := range chosen {
			s, _ := c.find(ch.Series)
			if !slices.Contains(s.Arches, arch) {
				continue
			}
			for _, f := range fs {
				if isArch(f) && f != arch { // the generic flavour is called as the architecture is
					continue
				}
				if b, ok := c.BuiltAs(f); ok {
					if err := b.only(ch); err != nil {
						return nil, err
					}
					if b.Arch != arch || !slices.Contains(b.Series, ch.Series) {
						continue
					}
				}
				ch.Flavour, ch.Arch, ch.Suite = f, arch, s.Suites[0]
				if !slices.Contains(all, ch) {
					all = append(all, ch)
				}
			}
		}
	}
	if len(all) == 0 {
		return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("no kernel is %q with flavour %q on %q", kernels, flavours, arches),
			Hint: "see what there is: " + fault.Command("kernels")}
	}
	return all, nil
}

// only makes sure that no other release is meant than the one of a series that
// is built. The error is a [fault.Error].
func (b Built) only(ch Choice) error {
	if !ch.Every && ch.ABI == "" {
		return nil
	}
	return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("of each series one kernel is built with flavour %q: of the release that kernels.lock pins", b.Flavour), Where: cmp.Or(ch.ABI, "every release of "+ch.Series),
		Hint: "name series: " + strings.Join(b.Series, ",") + "; or all"}
}

// flavours reads a list of flavours. Those that are built here take long, and
// have to be named.
func (c *Catalogue) flavours(list string) ([]string, error) {
	known := slices.Clone(c.Flavours)
	if list != "all" {
		for _, b := range c.Built {
			known = append(known, b.Flavour)
		}
	}
	return c.words("flavour", list, known)
}

func isArch(flavour string) bool { return flavour == "amd64" || flavour == "arm64" }

// Default returns the series of the default test set.
func (c *Catalogue) Default() []Series {
	var set []Series
	for _, s := range c.Series {
		if s.Test {
			set = append(set, s)
		}
	}
	return set
}

// words reads a list of names of which known are the possible ones, and the
// first the default.
func (c *Catalogue) words(what, list string, known []string) ([]string, error) {
	switch list {
	case "":
		return known[:1], nil
	case "all":
		return known, nil
	}
	words := strings.Split(list, ",")
	for _, w := range words {
		if !slices.Contains(known, w) {
			return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no kernel %s %q", what, w),
				Hint: fault.Choices(w, "the "+what+"s", known) + "; or all"}
		}
	}
	return words, nil
}

// comparison is an expression such as ">=6.12".
var comparison = regexp.MustCompile(`^(>=|<=|>|<)(\d+)\.(\d+)$`)

// kernels returns the series, or releases of series, that one word names.
func (c *Catalogue) kernels(word string) ([]Choice, error) {
	m := comparison.FindStringSubmatch(word)
	var found []Choice
	for _, s := range c.Series {
		base := strings.TrimSuffix(s.Name, "-rc")
		switch {
		case word == "all", word == s.Name, m != nil && holds(m, base):
			found = append(found, Choice{Series: s.Name})
		case word == "every", word == s.Name+".*":
			found = append(found, Choice{Series: s.Name, Every: true})
		case s.Name == base && strings.HasPrefix(word, s.Name+".") && !strings.HasSuffix(word, "*"):
			found = append(found, Choice{Series: s.Name, ABI: word})
		}
	}
	if len(found) == 0 {
		return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no kernel series %q", word),
			Hint: fault.Choices(word, "the series", c.Names()) + "; or all, >=6.12, 6.12.* for every release of a series, every for all releases of all"}
	}
	return found, nil
}

// holds tells whether the series called name compares as the expression says.
func holds(expression []string, name string) bool {
	major, minor, _ := strings.Cut(name, ".")
	order := cmp.Or(cmp.Compare(atoi(major), atoi(expression[2])), cmp.Compare(atoi(minor), atoi(expression[3])))
	switch expression[1] {
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	}
	return order < 0
}

// atoi returns the number that digits are; the catalogue and the expression
// hold nothing else.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}
