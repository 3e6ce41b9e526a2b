// SPDX-License-Identifier: GPL-2.0-only

package initramfs

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestGoIsSealed asks the go command what it would build with, of a user who
// has told it much, in the environment and in the file of go env -w, and what
// it still knows of the way to modules.
func TestGoIsSealed(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "env")
	if err := os.WriteFile(file, []byte("GOAMD64=v3\nGOFLAGS=-tags=filed\nGOSUMDB=sum.filed\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"GOENV": file, "GOARM64": "v9.0", "GOEXPERIMENT": "nodwarf5", "GODEBUG": "gctrace=1", "CGO_ENABLED": "1", "GOOS": "plan9",
		"GOARCH": "arm", "CGO_CFLAGS": "-DPOISON", "CC": "poison", "GOWORK": filepath.Join(dir, "go.work"), "GOFIPS140": "latest",
		"SECRET_TOKEN": "poison", "LD_LIBRARY_PATH": "/poison",
		"GOPROXY": "https://proxy.mine", "HTTPS_PROXY": "http://mine", "GOMODCACHE": filepath.Join(dir, "modules"),
	} {
		t.Setenv(name, value)
	}
	env, err := goEnvironment(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(env, "\n"); strings.Contains(all, "poison") || strings.Contains(all, "GODEBUG") || !strings.Contains(all, "HTTPS_PROXY=http://mine") {
		t.Errorf("the environment is\n%s\nwant no secret, no GODEBUG, and the user's proxy", all)
	}
	for name, want := range map[string]string{
		"GOAMD64": "v1", "GOARM64": "v8.0", "GOFLAGS": "-buildvcs=false", "GOEXPERIMENT": "", "CGO_ENABLED": "0", "GOOS": "linux", "GOARCH": "amd64",
		"CGO_CFLAGS": "-O2 -g", "GOWORK": "off", "GOENV": "", "GOFIPS140": "off",
		"GOPROXY": "https://proxy.mine", "GOSUMDB": "sum.filed", "GOMODCACHE": filepath.Join(dir, "modules"),
	} {
		cmd := exec.Command("go", "env", name)
		cmd.Dir, cmd.Env = dir, append(env, "GOARCH=amd64")
		output, err := cmd.CombinedOutput()
		if got := strings.TrimSpace(string(output)); err != nil || got != want {
			t.Errorf("go env %s = %q, %v; want %q", name, got, err, want)
		}
	}
}
