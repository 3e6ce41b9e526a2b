// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// TestExpiredIndex asks an archive whose index is past its date for what needs
// nothing but the place of known packages, and for what would be chosen by it.
func TestExpiredIndex(t *testing.T) {
	point := func(p *Provider) error {
		ch := choice("cloud")
		ch.ABI = "6.1.0-55"
		_, err := p.kernel(t.Context(), ch)
		return err
	}
	kernel := func(flavour string) func(p *Provider) error {
		return func(p *Provider) error {
			_, _, err := get(p, flavour)
			return err
		}
	}
	points := func(p *Provider) error {
		_, err := p.Points(t.Context(), choice("cloud"))
		return err
	}
	update := func(p *Provider) error {
		_, _, err := p.Update(t.Context())
		return err
	}
	noTools := func(a *archive, lock *catalogue.Lock) { lock.Toolchains = nil }
	for name, tt := range map[string]struct {
		change  func(a *archive, lock *catalogue.Lock)
		suite   string // whose index is past its date
		locked  bool
		ask     func(p *Provider) error
		refused bool
	}{
		"a pinned kernel":                 {nil, testSuite, false, kernel("cloud"), false},
		"a pinned kernel and locked":      {nil, testSuite, true, kernel("cloud"), false},
		"a pinned compiler":               {nil, toolSuite, false, kernel("cloud"), false},
		"a kernel that is not pinned":     {nil, testSuite, false, kernel("amd64"), true},
		"a compiler that is not pinned":   {noTools, toolSuite, false, kernel("cloud"), true},
		"a kernel when the compiler's is": {nil, toolSuite, false, kernel("amd64"), false},
		"a pinned kernel that is gone": {func(a *archive, _ *catalogue.Lock) {
			a.remove(testSuite, "6.1")
			a.addKernel("57", "cloud")
		}, testSuite, false, kernel("cloud"), true},
		"a release by its name":         {nil, testSuite, false, point, true},
		"every release":                 {nil, testSuite, false, points, true},
		"a new lock":                    {nil, testSuite, false, update, true},
		"a new lock of compilers":       {noTools, toolSuite, false, update, true},
		"a closed suite to choose from": {func(a *archive, _ *catalogue.Lock) { a.undated = true }, testSuite, false, kernel("amd64"), false},
		"a release of a closed suite":   {func(a *archive, _ *catalogue.Lock) { a.undated = true }, testSuite, false, point, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, _, c := newLab(t)
			a.addKernel("55", "cloud")
			a.addKernel("56", "amd64")
			lock := a.lock()
			a.validFor = 24 * time.Hour
			if tt.change != nil {
				tt.change(a, lock)
			}
			for _, suite := range []string{testSuite, toolSuite} {
				if suite == tt.suite {
					a.validFor = -24 * time.Hour
				}
				a.publish(suite)
				a.validFor = 24 * time.Hour
			}
			err := tt.ask(a.provider(c, testCatalogue, lock, Options{Locked: tt.locked}))
			if !tt.refused {
				if err != nil {
					t.Errorf("error %v; want none", err)
				}
				return
			}
			text := fmt.Sprint(err)
			if fault.Of(err) != fault.Archive || !strings.Contains(text, "past its date") || !strings.Contains(text, tt.suite+" at ") || strings.Count(text, "hint:") != 1 {
				t.Errorf("error %v; want a fault of the archive that names the suite and says what to do", err)
			}
			// What was refused is not remembered either.
			if left, _ := filepath.Glob(filepath.Join(c.Root(), kindChosen, "*")); len(left) > 0 && tt.suite == testSuite {
				for _, file := range left {
					if chosen, _ := os.ReadFile(file); strings.Contains(string(chosen), "6.1.0") {
						t.Errorf("it is remembered that %s was chosen", chosen)
					}
				}
			}
		})
	}
}

// What an index that is past its date cannot tell of stays pinned, and the rest is
// renewed.
func TestUpdateBesideAnExpiredIndex(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	a.validFor = 24 * time.Hour
	a.remove(testSuite, "6.1")
	a.addKernel("57", "cloud")
	a.publish(testSuite)
	a.validFor = -24 * time.Hour
	a.publish(toolSuite)
	n := &notes{}
	fresh, changes, err := a.provider(c, testCatalogue, lock, Options{}).Update(step.With(t.Context(), n.listen))
	if err != nil || fresh.Kernels[0].Version != "6.1.57-1" || len(changes) != 1 {
		t.Errorf("Update() = %+v, %v, %v; want the new kernel, and no other change", fresh, changes, err)
	}
	if diff := cmp.Diff(lock.Toolchains, fresh.Toolchains); diff != "" {
		t.Errorf("Update() of toolchains (-pinned +got)\n%s", diff)
	}
	if text := strings.Join(n.text, "\n"); !strings.Contains(text, "stays as it is pinned: the index of "+toolSuite) {
		t.Errorf("notes %q; want one that tells what stays", text)
	}
}

// TestFreshIndex has another mirror at once: the index of the one before is not
// the one to look into.
func TestFreshIndex(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	if _, _, err := a.provider(c, testCatalogue, lock, Options{}).Update(t.Context()); err != nil {
		t.Fatal(err)
	}
	b, _, _ := newLab(t)
	b.remove(testSuite, "6.1")
	b.addKernel("57", "cloud")
	b.publish(testSuite)
	fresh, _, err := b.provider(c, testCatalogue, lock, Options{}).Update(t.Context())
	if err != nil || fresh.Kernels[0].Version != "6.1.57-1" {
		t.Errorf("Update() with another mirror = %+v, %v; want what that one has", fresh, err)
	}
}

func TestIsFresh(t *testing.T) {
	for name, tt := range map[string]struct {
		age  time.Duration
		of   string // the site of the index that was renewed
		want bool
	}{
		"a moment ago":      {time.Second, "http://a", true},
		"a while ago":       {fresh + time.Second, "http://a", false},
		"from the future":   {-time.Hour, "http://a", false},
		"of another mirror": {time.Second, "http://b", false},
	} {
		r := root{dir: t.TempDir(), suite: "y", site: "http://a"}
		of := r
		of.site = tt.of
		write(t, r.stamp(), of.indexInputs().Key(), 0o644)
		then := time.Now().Add(-tt.age)
		if err := os.Chtimes(r.stamp(), then, then); err != nil {
			t.Fatal(err)
		}
		if got := r.isFresh(); got != tt.want {
			t.Errorf("%s: isFresh() = %t; want %t", name, got, tt.want)
		}
	}
	if (root{dir: t.TempDir()}).isFresh() {
		t.Error("an index that was never renewed is fresh")
	}
}

func TestValidUntil(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for name, tt := range map[string]struct {
		field string
		want  string // part of the error; "" for none
	}{
		"none":               {"Date: Sat, 12 Sep 2026 09:27:08 UTC\n", ""},
		"to come":            {"Valid-Until: Sat, 28 Nov 2026 12:00:01 UTC\n", ""},
		"past":               {"Valid-Until: Sat, 28 Nov 2026 11:59:59 UTC\n", "past its date"},
		"past, of one digit": {"Valid-Until: Wed, 2 Sep 2026 11:59:59 GMT\n", "past its date"},
		"past, by the hours": {"Valid-Until: Sat, 28 Nov 2026 13:30:00 +0200\n", "past its date"},
		"no date":            {"Valid-Until: some day\n", "makes no sense"},
		"in a description":   {"Description: x\n Valid-Until: Wed, 2 Sep 2020 11:59:59 GMT\n", ""},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "var/lib/apt/lists/x_dists_y_InRelease"), "Origin: Debian\n"+tt.field+"Suite: y\n", 0o644)
		err := root{dir: dir, suite: "y"}.current(now)
		if (err != nil) != (tt.want != "") || tt.want != "" && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: current() = %v; want %q", name, err, tt.want)
		}
	}
}
