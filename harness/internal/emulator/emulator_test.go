// SPDX-License-Identifier: GPL-2.0-only

package emulator

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
	"kmodlab/vmimages"
)

// script is a QEMU that says who it is, and that it can all that is needed.
func script(t *testing.T, dir, version string) string {
	t.Helper()
	path := filepath.Join(dir, "qemu-system-x86_64")
	text := "#!/bin/sh\ncase \"$*\" in *--version) echo '" + version + "';; *,help) echo 'virtserialport options:';; esac\n"
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// having is an archive with one emulator, or none.
type having struct {
	command []string
	err     error
}

func (h having) Emulator(context.Context, string) (vmimages.Emulator, error) {
	return vmimages.Emulator{Command: h.command, ID: "own id"}, h.err
}

func TestFind(t *testing.T) {
	own, there, elsewhere := script(t, t.TempDir(), "QEMU own"), t.TempDir(), t.TempDir()
	script(t, there, "QEMU host")
	other := script(t, elsewhere, "QEMU elsewhere")
	good := having{command: []string{own}}
	lost := having{err: &fault.Error{Owner: fault.Archive, What: "the archive\nis away"}}
	noApt := having{err: &fault.Error{Owner: fault.Host, What: "apt is missing"}}
	ours := having{err: &fault.Error{Owner: fault.Harness, What: "cannot make the emulator"}}
	for name, tt := range map[string]struct {
		choice  Choice
		archive having
		path    string
		locked  bool
		want    string // the version
		owner   fault.Owner
		says    string // the note, or the error
	}{
		"own":                         {choice: Own, archive: good, path: there, want: "QEMU own"},
		"nothing said":                {archive: good, path: there, want: "QEMU own"},
		"own, without one here":       {choice: Own, archive: good, want: "QEMU own"},
		"own, locked":                 {choice: Own, archive: good, locked: true, path: there, want: "QEMU own"},
		"archive away":                {choice: Own, archive: lost, path: there, want: "QEMU host", says: "VMs run in this machine's QEMU host, since the archive's cannot be had: "},
		"no apt":                      {choice: Own, archive: noApt, path: there, want: "QEMU host", says: "apt is missing"},
		"archive away, none here":     {choice: Own, archive: lost, owner: fault.Archive, says: "neither"},
		"no apt, none here":           {choice: Own, archive: noApt, owner: fault.Host, says: "there is no qemu-system-x86_64"},
		"archive away, locked":        {choice: Own, archive: lost, path: there, locked: true, owner: fault.Archive, says: "is away"},
		"it cannot be made of it":     {choice: Own, archive: ours, path: there, owner: fault.Harness, says: "cannot make"},
		"host":                        {choice: Host, archive: good, path: there, want: "QEMU host"},
		"host, none here":             {choice: Host, archive: good, owner: fault.Host, says: "hint: install it: apt install qemu-system-x86"},
		"a path":                      {choice: Choice(other), archive: good, path: there, want: "QEMU elsewhere"},
		"a folder":                    {choice: Choice(elsewhere), archive: good, path: there, want: "QEMU elsewhere"},
		"a path that leads nowhere":   {choice: "/no/qemu", archive: good, path: there, owner: fault.Host, says: "hint: see whether that is the path of a QEMU"},
		"a folder without one":        {choice: Choice(t.TempDir()), archive: good, path: there, owner: fault.Host, says: "there is no qemu-system-x86_64"},
		"the archive's does not run":  {choice: Own, archive: having{command: []string{"/no/loader"}}, path: there, owner: fault.Archive, says: "QEMU does not run"},
		"the archive's lacks devices": {choice: Own, archive: having{command: []string{"/bin/echo"}}, path: there, owner: fault.Archive, says: "lacks"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PATH", tt.path)
			var notes []string
			ctx := step.With(t.Context(), func(e step.Event) {
				if e.Kind == step.Noted {
					notes = append(notes, e.Text)
				}
			})
			q, err := tt.choice.Find(ctx, tt.archive, "amd64", tt.locked)
			said := strings.Join(notes, "\n")
			if tt.want == "" {
				if _, ok := errors.AsType[*fault.Error](err); !ok || fault.Of(err) != tt.owner || !strings.Contains(err.Error(), tt.says) || said != "" {
					t.Errorf("Find() = %+v, %v, notes %q; want a fault of %s with %q", q, err, said, tt.owner, tt.says)
				}
				return
			}
			if err != nil || q.Version != tt.want || q.ID == "" || (said != "") != (tt.says != "") || !strings.Contains(said, tt.says) || strings.Contains(said, "\n") {
				t.Errorf("Find() = %+v, %v, notes %q; want %s, and %q told in one line", q, err, said, tt.want, tt.says)
			}
		})
	}
}

// A run that was cancelled takes no other QEMU.
func TestFindCancelled(t *testing.T) {
	dir := t.TempDir()
	script(t, dir, "QEMU host")
	t.Setenv("PATH", dir)
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(why)
	if q, err := Choice(Own).Find(ctx, having{err: why}, "amd64", false); !errors.Is(err, why) {
		t.Errorf("Find() = %+v, %v; want the reason", q, err)
	}
	if q, err := Choice(Host).Find(ctx, having{}, "amd64", false); !errors.Is(err, why) {
		t.Errorf("Find() = %+v, %v; want the reason", q, err)
	}
}

func TestChosen(t *testing.T) {
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		flag, env, project string
		want               Choice // "" for a fault of usage
		says               string
	}{
		"nothing":                     {"", "", "", Own, ""},
		"own":                         {"", "own", "host", Own, ""},
		"host":                        {"", "host", "", Host, ""},
		"the project's":               {"", "", "host", Host, ""},
		"a path":                      {"", "/opt/qemu", "", "/opt/qemu", ""},
		"a path from here":            {"", "./qemu", "", Choice(here + "/qemu"), ""},
		"neither":                     {"", "hots", "", "", "own, host, or a path"},
		"a program of the project":    {"", "", "./evil", "", "own or host"},
		"nonsense of the project":     {"", "", "hots", "", "own or host"},
		"the environment goes before": {"", "own", "./evil", Own, ""},
		"a flag before that":          {"host", "own", "own", Host, ""},
		"a flag alone":                {"own", "", "host", Own, ""},
		"a path by a flag":            {"./qemu", "host", "", Choice(here + "/qemu"), ""},
		"nonsense by a flag":          {"hots", "host", "", "", "-qemu"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(Env, tt.env)
			got, err := Chosen(tt.flag, tt.project)
			if got != tt.want || (err != nil) != (tt.want == "") || err != nil && (fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("Chosen(%q, %q) with %q = %q, %v; want %q, or a fault of usage with %q", tt.flag, tt.project, tt.env, got, err, tt.want, tt.says)
			}
		})
	}
}
