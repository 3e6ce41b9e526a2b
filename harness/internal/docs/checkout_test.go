// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// checkout is a copy of the project that commands can be run in.
type checkout struct {
	dir string
	env []string
}

// newCheckout copies the project to dir and has "go tool mage" mean the magefile as
// it is now.
func newCheckout(t *testing.T, dir string) *checkout {
	t.Helper()
	bin := t.TempDir()
	mage := filepath.Join(bin, "mage")
	compile := exec.CommandContext(t.Context(), "go", "tool", "mage", "-compile", mage)
	compile.Dir = root
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("go tool mage -compile: %v\n%s", err, out)
	}
	realGo, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	shim := fmt.Sprintf("#!/bin/sh\ncase \"$1 $2\" in \"tool mage\") shift 2; exec %q \"$@\";; esac\nexec %q \"$@\"\n", mage, realGo)
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(shim), 0o755); err != nil {
		t.Fatal(err)
	}
	b := &checkout{dir: dir, env: append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "CI=1", "GITHUB_ACTIONS=")}
	for _, name := range []string{"go.mod", "go.sum", "magefile.go", "guest", "harness", "internal", "vmimages"} {
		b.bring(t, name, name)
	}
	return b
}

// bring copies a file or a folder of the project to it.
func (b *checkout) bring(t *testing.T, from, to string) {
	t.Helper()
	from, to = filepath.Join(root, from), filepath.Join(b.dir, to)
	if err := os.RemoveAll(to); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(from); err != nil {
		t.Fatal(err)
	} else if info.IsDir() {
		if err := os.CopyFS(to, os.DirFS(from)); err != nil {
			t.Fatal(err)
		}
		return
	}
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

// shownFaults are the modules among the faults that pages show at work.
var shownFaults = []string{"enodev", "chain", "callback_oops", "loop", "panic"}

// lessons brings the lessons as the project has them, and the modules that fail
// as one more.
func (b *checkout) lessons(t *testing.T) {
	t.Helper()
	const from, to = "harness/testdata/faults", "kmod/faults"
	b.bring(t, "kmod", "kmod")
	b.bring(t, from+"/cases", to)
	b.bring(t, from+"/fault.h", to+"/fault.h")
	var kbuild strings.Builder
	for _, name := range shownFaults {
		b.bring(t, from+"/fault_"+name+".c", to+"/fault_"+name+".c")
		fmt.Fprintf(&kbuild, "obj-m += fault_%s.o\n", name)
	}
	if err := os.WriteFile(filepath.Join(b.dir, to, "Kbuild"), []byte(kbuild.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// run returns what the command prints, with lessons that no command before it
// has changed. How the command ends is not looked at: many show what failure
// looks like.
func (b *checkout) run(t *testing.T, command string) string {
	t.Helper()
	b.lessons(t)
	if err := os.RemoveAll(filepath.Join(b.dir, "out")); err != nil {
		t.Fatal(err)
	}
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.dir, b.env, &out, &complaint
	if err := cmd.Run(); out.Len() == 0 {
		t.Errorf("%s: printed nothing (%v)\n%s", command, err, complaint.String())
	}
	return strings.ReplaceAll(strings.TrimLeft(out.String(), "\n"), b.dir, "...")
}
