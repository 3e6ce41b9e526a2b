// SPDX-License-Identifier: GPL-2.0-only

package host

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

func TestMissing(t *testing.T) {
	for name, tt := range map[string]struct {
		needs []Need
		want  []string
	}{
		"each once": {[]Need{
			{Program: "sh", Package: "dash"},
			{Program: "no-such-program", Package: "nothing"},
			{Program: "no-such-program-either", Package: "nothing"},
			{Program: "no-such-tool", Package: "tools"},
		}, []string{"nothing", "tools"}},
		"an optional one along with others": {[]Need{{Program: "no-such-box", Package: "box", Optional: true}, {Program: "no-such-program", Package: "nothing"}}, []string{"box", "nothing"}},
		"an optional one alone":             {[]Need{{Program: "no-such-box", Package: "box", Optional: true}, {Program: "sh", Package: "dash"}}, nil},
	} {
		got, err := missing(tt.needs)
		if d := cmp.Diff(tt.want, got); d != "" || err != nil {
			t.Errorf("%s: missing() = %v, %v (-want +got):\n%s", name, got, err, d)
		}
	}
}

// A machine without QEMU whose user is not root is told the one command.
func TestEnsureSaysTheCommand(t *testing.T) {
	if os.Geteuid() == 0 {
		bin := t.TempDir() // nothing in PATH: not even apt-get can be run, so nothing is installed
		t.Setenv("PATH", bin)
	}
	err := Ensure(context.Background(), []Need{{Program: "no-such-qemu", Package: "no-such-package"}})
	e, ok := errors.AsType[*fault.Error](err)
	if !ok || e.Owner != fault.Host || !strings.Contains(e.Hint, "apt-get install -y --no-install-recommends no-such-package") {
		t.Errorf("Ensure() = %v; want a fault of the host with the command to run", err)
	}
}

func TestEnsureNothing(t *testing.T) {
	if err := Ensure(context.Background(), []Need{{Program: "sh", Package: "dash"}}); err != nil {
		t.Errorf("Ensure() of what is there = %v; want nil", err)
	}
}
