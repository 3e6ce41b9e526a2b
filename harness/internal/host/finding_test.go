// SPDX-License-Identifier: GPL-2.0-only

package host

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAvailable(t *testing.T) {
	for text, want := range map[string]int64{
		"MemTotal:       24576000 kB\nMemFree:  100 kB\nMemAvailable:    2048000 kB\n": 2000 << 20,
		"MemTotal: 1 kB\n": -1,
		"":                 -1,
	} {
		got, known := available(strings.NewReader(text))
		if known != (want >= 0) || known && got != want {
			t.Errorf("available(%q) = %d, %t; want %d", text, got, known, want)
		}
	}
}

// programs puts empty programs of these names in place of all others.
func programs(t *testing.T, names ...string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\necho "+name+" 1.0\necho more\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

// What is missing is told with the command of the machine's own package manager.
func TestFindingOfNeed(t *testing.T) {
	qemu := Need{Program: "qemu-system-x86_64", Package: "qemu-system-x86"}
	for manager, want := range map[string]string{
		"apt-get": "run: sudo apt-get install -y --no-install-recommends qemu-system-x86",
		"dnf":     "run: sudo dnf install qemu-system-x86-core",
		"pacman":  "run: sudo pacman -S qemu-system-x86",
		"zypper":  "run: sudo zypper install qemu-x86",
		"other":   "install what Debian calls qemu-system-x86",
	} {
		programs(t, manager)
		if got := qemu.finding(t.Context()); got.State != Lacking || got.Hint != want {
			t.Errorf("with %s: %+v; want it missing, %q", manager, got, want)
		}
	}
	if got := (Need{Program: "bwrap", Package: "bubblewrap", Optional: true}).finding(t.Context()); got.State != Poor {
		t.Errorf("without bwrap: %+v; want it poor, not missing", got)
	}
	programs(t, "qemu-system-x86_64")
	if got := qemu.finding(t.Context()); got.State != Good || got.Says != "qemu-system-x86_64 1.0" {
		t.Errorf("with QEMU: %+v; want the first line of its version", got)
	}
}

// A machine that cannot reach an archive is told so, and where to look.
func TestExamine(t *testing.T) {
	byName := func(mirror func(context.Context) (string, error)) map[string]Finding {
		all := map[string]Finding{}
		for _, f := range Examine(t.Context(), t.TempDir(), mirror) {
			if f.What == "" || f.Says == "" {
				t.Errorf("%+v says nothing", f)
			}
			all[f.What] = f
		}
		return all
	}
	with := byName(func(context.Context) (string, error) { return "http://here/debian", nil })
	if got := with["kernel archive"]; got.State != Good || got.Says != "http://here/debian" {
		t.Errorf("the archive: %+v; want the mirror", got)
	}
	if with["cache"].State == Lacking || with["system"].Says == "" {
		t.Errorf("found %+v; want a cache and a system", with)
	}
	without := byName(func(context.Context) (string, error) { return "", errors.New("no\nmirror") })
	if got := without["kernel archive"]; got.State != Lacking || got.Says != "no;mirror" || !strings.Contains(got.Hint, "KMODLAB_MIRROR") {
		t.Errorf("no archive: %+v; want it missing, in one line, with a hint", got)
	}
}
