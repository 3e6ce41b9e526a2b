// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/kernel"
)

// TestAgentFolders asks the go command what the agent is built from, and finds
// all that is of this project among the inputs, on each architecture.
func TestAgentFolders(t *testing.T) {
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, arch := range []string{"amd64", "arm64"} {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=Dir,Module,Standard,GoFiles,CgoFiles,SFiles,HFiles,EmbedFiles,OtherFiles", "kmodlab/guest/agent")
		cmd.Env = append(os.Environ(), "GOOS=linux", "CGO_ENABLED=0", "GOARCH="+arch)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for d := json.NewDecoder(strings.NewReader(string(out))); ; {
			var pkg struct {
				Dir                                                       string
				Module                                                    *struct{ Main bool }
				GoFiles, CgoFiles, SFiles, HFiles, EmbedFiles, OtherFiles []string
			}
			if err := d.Decode(&pkg); err == io.EOF {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			if pkg.Module == nil || !pkg.Module.Main {
				continue
			}
			for _, name := range slices.Concat(pkg.GoFiles, pkg.CgoFiles, pkg.SFiles, pkg.HFiles, pkg.EmbedFiles, pkg.OtherFiles) {
				rel, err := filepath.Rel(root, filepath.Join(pkg.Dir, name))
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, rel)
			}
		}
		in, err := readInputs(root, &kernel.Kernel{Arch: arch})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range in.sources {
			got = append(got, s.path)
		}
		slices.Sort(want)
		slices.Sort(got)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("sources of the agent for %s (-go list +inputs):\n%s", arch, d)
		}
	}
}

// TestPinned reads the project's own go.mod.
func TestPinned(t *testing.T) {
	list, err := pinned("../../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"require github.com/u-root/u-root@", "require github.com/u-root/mkuimage@", "go 1.", "go.sum "} {
		if !slices.ContainsFunc(list, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("what go.mod pins has no %q:\n%s", want, fmt.Sprint(list))
		}
	}
}
