// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

func TestReadAllowances(t *testing.T) {
	now := time.Date(2026, 11, 24, 23, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		text  string
		count int
		want  string // part of the error; "" for none
	}{
		"empty":           {"", 0, ""},
		"all given":       {"[[allow]]\ncase = 'c'\nseries = ['6.1']\ntitle = 'T'\nreason = 'r'\nuntil = 2027-01-31\n", 1, ""},
		"the last day":    {"[[allow]]\ntitle = 'T'\nreason = 'r'\nuntil = 2026-11-24\n", 1, ""},
		"the day after":   {"[[allow]]\ntitle = 'T'\nreason = 'r'\nuntil = 2026-11-23\n", 0, "expired on 2026-11-23"},
		"no date":         {"[[allow]]\ntitle = 'T'\nreason = 'r'\n", 0, "no expiry date"},
		"no reason":       {"[[allow]]\ntitle = 'T'\nuntil = 2027-01-31\n", 0, "no reason"},
		"an empty reason": {"[[allow]]\ntitle = 'T'\nreason = ' '\nuntil = 2027-01-31\n", 0, "no reason"},
		"no title":        {"[[allow]]\nreason = 'r'\nuntil = 2027-01-31\n", 0, "no title"},
		"one bad of two":  {"[[allow]]\ntitle = 'T'\nreason = 'r'\nuntil = 2027-01-31\n[[allow]]\ntitle = 'U'\n", 0, `allowed splat 2 ("U")`},
		"a spelling":      {"[[allow]]\ntitle = 'T'\nreason = 'r'\nuntil = 2027-01-31\nserie = ['6.1']\n", 0, "unknown key allow.serie"},
		"no TOML":         {"[[allow", 0, "cannot read the allowed splats"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "splats.toml")
			if err := os.WriteFile(path, []byte(tt.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := ReadAllowances(path, now)
			if tt.want == "" {
				if err != nil || len(got) != tt.count {
					t.Errorf("ReadAllowances(%q) = %v, %v; want %d and no error", tt.text, got, err, tt.count)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.want) || fault.Of(err) != fault.Usage {
				t.Errorf("ReadAllowances(%q) = %v, %v; want a usage fault with %q", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestReadNoAllowances(t *testing.T) {
	if got, err := ReadAllowances(filepath.Join(t.TempDir(), "none"), time.Now()); got != nil || err != nil {
		t.Errorf("ReadAllowances(no file) = %v, %v; want none and no error", got, err)
	}
}

func TestUnexcused(t *testing.T) {
	warn, panicked := Splat{Kind: Warning, Title: "W"}, Splat{Kind: Panic, Title: "P"}
	for name, tt := range map[string]struct {
		allowed []Allowance
		want    []Splat
	}{
		"nothing allowed":        {nil, []Splat{warn, panicked}},
		"allowed everywhere":     {[]Allowance{{Title: "W"}}, []Splat{panicked}},
		"allowed here":           {[]Allowance{{Title: "W", Case: "c", Series: []string{"5.10", "6.1"}}}, []Splat{panicked}},
		"in another case":        {[]Allowance{{Title: "W", Case: "d"}}, []Splat{warn, panicked}},
		"on another series":      {[]Allowance{{Title: "W", Series: []string{"6.12"}}}, []Splat{warn, panicked}},
		"half a title":           {[]Allowance{{Title: "WW"}}, []Splat{warn, panicked}},
		"a panic is not excused": {[]Allowance{{Title: "P"}}, []Splat{warn, panicked}},
	} {
		t.Run(name, func(t *testing.T) {
			got := Unexcused([]Splat{warn, panicked}, tt.allowed, "c", "6.1")
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Unexcused: (-want +got)\n%s", diff)
			}
		})
	}
}
