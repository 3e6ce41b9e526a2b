// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

// TestUnfitQEMU has scripts in the place of QEMU that lack something, in the words
// of one that does.
func TestUnfitQEMU(t *testing.T) {
	const version = "--version) echo 'QEMU 10'; echo more;;"
	for name, tt := range map[string]struct {
		lines string // of a case on its arguments
		want  string
	}{
		"fit":               {version + " *,help) echo 'virtserialport options:';;", ""},
		"no sandbox":        {version + " *,help) echo 'qemu: -sandbox on: sandbox support is not enabled in this QEMU' >&2; exit 1;;", "lacks the sandbox"},
		"no virtio-serial":  {version + " *,help) echo \"qemu: -device virtserialport,help: Device 'virtserialport' not found\" >&2;;", "lacks virtio-serial"},
		"does not run":      {"--version) exit 3;; *,help) echo 'virtserialport options:';;", "QEMU does not run"},
		"fails while asked": {version + " *,help) echo 'virtserialport options:'; exit 1;;", "lacks"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			program := filepath.Join(dir, "qemu-system-x86_64")
			if err := os.WriteFile(program, []byte("#!/bin/sh\ncase \"$*\" in "+tt.lines+" esac\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir)
			host, err := HostQEMU(t.Context(), "amd64", "")
			own, ownErr := OwnQEMU(t.Context(), []string{program}, "id")
			if tt.want == "" {
				if err != nil || ownErr != nil || host.Version != "QEMU 10" || own.Version != "QEMU 10" || own.ID != "id" || host.ID == "" {
					t.Errorf("found %+v, %v and %+v, %v; want version and identity of both", host, err, own, ownErr)
				}
				return
			}
			if fault.Of(err) != fault.Host || fault.Of(ownErr) != fault.Archive || !strings.Contains(err.Error(), tt.want) || !strings.Contains(ownErr.Error(), tt.want) {
				t.Errorf("found %v, and %v; want faults of the host and of the archive with %q", err, ownErr, tt.want)
			}
		})
	}
}

func TestHostQEMUNowhere(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if qemu, err := HostQEMU(t.Context(), "amd64", ""); fault.Of(err) != fault.Host || !strings.Contains(err.Error(), "hint: ") {
		t.Errorf("HostQEMU with an empty PATH = %v, %v; want a fault of the host with a hint", qemu, err)
	}
	if qemu, err := HostQEMU(t.Context(), "m68k", ""); fault.Of(err) != fault.Usage {
		t.Errorf("HostQEMU of m68k = %v, %v; want a fault of usage", qemu, err)
	}
}

// What runs a QEMU goes before what the QEMU is to do, whoever starts it.
func TestLoaderGoesFirst(t *testing.T) {
	q := QEMU{Command: []string{"/bin/echo", "--argv0", "qemu"}}
	p, err := startQEMU(q, []string{"-S"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	<-p.done
	p.closeOurs()
	if got := p.output.String(); got != "--argv0 qemu -S\n" {
		t.Errorf("it is told %q; want first what runs it", got)
	}
	if d := cmp.Diff([]string{"/bin/echo", "--argv0", "qemu", "-L", "x"}, q.argv("-L", "x")); d != "" {
		t.Errorf("argv (-want +got):\n%s", d)
	}
	room := QEMU{Command: slices.Grow([]string{"a"}, 10)}
	if one, two := room.argv("1"), room.argv("2"); one[1] != "1" || two[1] != "2" {
		t.Errorf("two command lines are %q and %q; want them apart", one, two)
	}
}
