// SPDX-License-Identifier: GPL-2.0-only

package catalogue

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

// someSeries is a catalogue of two architectures.
func someSeries() *Catalogue {
	return &Catalogue{Host: "amd64", Flavours: []string{"cloud", "amd64", "arm64", "rt"}, Series: []Series{
		{Name: "5.10", Suites: []string{"old"}, Arches: []string{"amd64"}, Test: true},
		{Name: "6.12", Suites: []string{"new", "newer"}, Arches: []string{"amd64", "arm64"}, Test: true},
		{Name: "7.3", Suites: []string{"newer"}, Arches: []string{"amd64"}},
		{Name: "7.3-rc", Suites: []string{"newest"}, Arches: []string{"amd64"}},
	}}
}

func TestSelect(t *testing.T) {
	c := someSeries()
	for _, tt := range []struct {
		kernels, flavours, arches string
		want                      []string // flags of each
	}{
		{"", "", "", []string{"-kernel=5.10", "-kernel=6.12"}},
		{"7.3", "", "", []string{"-kernel=7.3"}},
		{"7.3, 5.10", "", "", []string{"-kernel=7.3", "-kernel=5.10"}},
		{"7.3,7.3", "", "", []string{"-kernel=7.3"}},
		{"all", "", "", []string{"-kernel=5.10", "-kernel=6.12", "-kernel=7.3", "-kernel=7.3-rc"}},
		{">=6.12", "", "", []string{"-kernel=6.12", "-kernel=7.3", "-kernel=7.3-rc"}},
		{">6.12", "", "", []string{"-kernel=7.3", "-kernel=7.3-rc"}},
		{"<6.12", "", "", []string{"-kernel=5.10"}},
		{"<=6.12,7.3", "", "", []string{"-kernel=5.10", "-kernel=6.12", "-kernel=7.3"}},
		{"6.12", "rt,amd64", "", []string{"-kernel=6.12 -flavour=rt", "-kernel=6.12 -flavour=amd64"}},
		{"6.12", "all", "all", []string{"-kernel=6.12", "-kernel=6.12 -flavour=amd64", "-kernel=6.12 -flavour=rt",
			"-kernel=6.12 -arch=arm64", "-kernel=6.12 -flavour=arm64 -arch=arm64", "-kernel=6.12 -flavour=rt -arch=arm64"}},
		{"all", "", "arm64", []string{"-kernel=6.12 -arch=arm64"}},
		{"6.12.7+deb13", "", "", []string{"-kernel=6.12.7+deb13"}},
	} {
		t.Run(tt.kernels+" "+tt.flavours+" "+tt.arches, func(t *testing.T) {
			chosen, err := c.Select(tt.kernels, tt.flavours, tt.arches)
			if err != nil {
				t.Fatalf("Select(%q, %q, %q) = %v; want no error", tt.kernels, tt.flavours, tt.arches, err)
			}
			var got []string
			for _, ch := range chosen {
				got = append(got, c.Flags(ch))
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("Select(%q, %q, %q) (-want +got):\n%s", tt.kernels, tt.flavours, tt.arches, d)
			}
		})
	}
}

// What is built here has to be named, and there is one of each series.
func TestSelectBuilt(t *testing.T) {
	c := someSeries()
	c.Built = []Built{{Flavour: "debug", Arch: "amd64", Series: []string{"6.12", "7.3"}}}
	for _, tt := range []struct {
		kernels, flavours, arches string
		want                      []string // flags of each
		says                      string   // or the error
	}{
		{"6.12", "debug", "", []string{"-kernel=6.12 -flavour=debug"}, ""},
		{"all", "debug", "all", []string{"-kernel=6.12 -flavour=debug", "-kernel=7.3 -flavour=debug"}, ""},
		{"", "debug", "", []string{"-kernel=6.12 -flavour=debug"}, ""},
		{"7.3", "cloud,debug", "", []string{"-kernel=7.3", "-kernel=7.3 -flavour=debug"}, ""},
		{"7.3", "all", "", []string{"-kernel=7.3", "-kernel=7.3 -flavour=amd64", "-kernel=7.3 -flavour=rt"}, ""},
		{"every", "debug", "", nil, "every release of 5.10"},
		{"6.12.*", "debug", "", nil, "name series: 6.12,7.3; or all"},
		{"6.12.7+deb13", "debug", "", nil, "of the release that kernels.lock pins (6.12.7+deb13)"},
		{"5.10", "debug", "", nil, "no kernel is"},
		{"6.12", "debug", "arm64", nil, "no kernel is"},
		{"6.12", "hot", "", nil, "the flavours are: cloud, amd64, arm64, rt, debug"},
	} {
		chosen, err := c.Select(tt.kernels, tt.flavours, tt.arches)
		var got []string
		for _, ch := range chosen {
			got = append(got, c.Flags(ch))
		}
		if d := cmp.Diff(tt.want, got); d != "" || (tt.says == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("Select(%q, %q, %q) = %v; want %q (-want +got):\n%s", tt.kernels, tt.flavours, tt.arches, err, tt.says, d)
		}
	}
}

func TestSelectEvery(t *testing.T) {
	c := someSeries()
	for kernels, want := range map[string][]Choice{
		"5.10.*": {{Series: "5.10", Flavour: "cloud", Arch: "amd64", Suite: "old", Every: true}},
		"every": {{Series: "5.10", Flavour: "cloud", Arch: "amd64", Suite: "old", Every: true}, {Series: "6.12", Flavour: "cloud", Arch: "amd64", Suite: "new", Every: true},
			{Series: "7.3", Flavour: "cloud", Arch: "amd64", Suite: "newer", Every: true}, {Series: "7.3-rc", Flavour: "cloud", Arch: "amd64", Suite: "newest", Every: true}},
	} {
		got, err := c.Select(kernels, "", "")
		if d := cmp.Diff(want, got); err != nil || d != "" {
			t.Errorf("Select(%q) = %v, (-want +got):\n%s", kernels, err, d)
		}
	}
}

func TestSelectNothing(t *testing.T) {
	c := someSeries()
	for _, tt := range []struct{ kernels, flavours, arches, says string }{
		{"6", "", "", "the series are: 5.10, 6.12, 7.3, 7.3-rc"},
		{"6.1", "", "", `no kernel series "6.1"`},
		{">=8.0", "", "", `no kernel series ">=8.0"`},
		{"=6.12", "", "", `no kernel series "=6.12"`},
		{"6.12", "hot", "", "the flavours are: cloud, amd64, arm64, rt"},
		{"6.12", "", "vax", "the architectures are: amd64, arm64"},
		{"5.10", "", "arm64", "no kernel is"},
		{"6.12", "amd64", "arm64", "no kernel is"},
	} {
		_, err := c.Select(tt.kernels, tt.flavours, tt.arches)
		if fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("Select(%q, %q, %q) = %v; want a fault of usage with %q", tt.kernels, tt.flavours, tt.arches, err, tt.says)
		}
	}
}

func TestName(t *testing.T) {
	c := someSeries()
	for _, tt := range []struct {
		choice Choice
		want   string
	}{
		{Choice{Series: "6.12", Flavour: "cloud", Arch: "amd64"}, "6.12"},
		{Choice{Series: "6.12", Flavour: "rt", Arch: "amd64"}, "6.12 rt"},
		{Choice{Series: "6.12", Flavour: "cloud", Arch: "arm64"}, "6.12 cloud arm64"},
		{Choice{Series: "6.12", Flavour: "arm64", Arch: "arm64"}, "6.12 arm64"},
		{Choice{Series: "6.12", Flavour: "cloud", Arch: "amd64", ABI: "6.12.7+deb13"}, "6.12.7+deb13"},
	} {
		if got := c.Name(tt.choice); got != tt.want {
			t.Errorf("Name(%+v) = %q; want %q", tt.choice, got, tt.want)
		}
	}
}
