// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestEnvironmentOfQEMU has a program in the place of QEMU that prints what it
// gets of a user who has variables that QEMU or its loader heed, and a secret.
func TestEnvironmentOfQEMU(t *testing.T) {
	for _, name := range []string{"SECRET_TOKEN", "QEMU_AUDIO_DRV", "QEMU_MODULE_DIR", "LD_LIBRARY_PATH", "G_SLICE", "LC_MESSAGES", "HOME"} {
		t.Setenv(name, "/poison")
	}
	p, err := startQEMU(QEMU{Command: []string{"/usr/bin/env"}}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	<-p.done
	p.closeOurs()
	got := strings.Fields(p.output.String())
	slices.Sort(got)
	want := []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the environment (-want +got):\n%s", diff)
	}
}
