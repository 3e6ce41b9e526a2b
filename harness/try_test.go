// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/project"
	"kmodlab/internal/fault"
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

// What is added to kernels' command lines is looked at before anything boots, and the
// error says where it stands. What the flag says goes before.
func TestKernelArgs(t *testing.T) {
	for name, tt := range map[string]struct {
		flag, file string
		want, says string
	}{
		"nothing":          {"", "", "", ""},
		"by the file":      {"", "slub_debug=P", "slub_debug=P", ""},
		"by the flag":      {"a=1", "slub_debug=P", "a=1", ""},
		"bad in the file":  {"", "console=ttyS1", "", "(/x/kmodlab.toml)"},
		"bad in the flag":  {"console=ttyS1", "", "", "(-kernel-args)"},
		"bad, and unheard": {"a=1", "console=ttyS1", "a=1", ""},
	} {
		t.Run(name, func(t *testing.T) {
			args, err := argsOf(&project.Project{Root: "/x", KernelArgs: tt.file}, tt.flag)
			var l *lab
			if err == nil {
				_, l, err = Home{}.open(t.Context(), io.Discard, Flags{Args: args})
			}
			if tt.says != "" {
				if fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), tt.says) {
					t.Errorf("an error %v; want one of usage with %q", err, tt.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(l.args, " "); got != tt.want {
				t.Errorf("added are %q; want %q", got, tt.want)
			}
			if got := l.again; (tt.want == "") != (got == "") || tt.want != "" && got != " -kernel-args='"+tt.want+"'" {
				t.Errorf("a case is run again with %q; want it with the words", got)
			}
		})
	}
}
