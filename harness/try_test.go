// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/project"
)

// What the flags say goes before what the project wants.
func TestFlagsGoBefore(t *testing.T) {
	yes, no := true, false
	wants := &project.Project{Kernels: []string{"6.1", "7.3"}, Flavours: []string{"rt"}, Arches: []string{"arm64"}, Strict: true}
	for name, tt := range map[string]struct {
		flags Flags
		wants *project.Project
		is    Flags
	}{
		"nothing is said": {Flags{}, &project.Project{}, Flags{Strict: &no}},
		"by the project":  {Flags{}, wants, Flags{Kernel: "6.1,7.3", Flavour: "rt", Arch: "arm64", Strict: &yes}},
		"by the flags": {Flags{Kernel: "6.12", Flavour: "cloud", Arch: "amd64", Strict: &no}, wants,
			Flags{Kernel: "6.12", Flavour: "cloud", Arch: "amd64", Strict: &no}},
		"strict by a flag alone": {Flags{Strict: &yes}, &project.Project{}, Flags{Strict: &yes}},
		"a kernel of one's own":  {Flags{KDir: "../linux"}, wants, Flags{KDir: "../linux", Flavour: "rt", Arch: "arm64", Strict: &yes}},
		"an image of one's own":  {Flags{Image: "bzImage"}, wants, Flags{Image: "bzImage", Flavour: "rt", Arch: "arm64", Strict: &yes}},
	} {
		if d := cmp.Diff(tt.is, tt.flags.before(tt.wants)); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
