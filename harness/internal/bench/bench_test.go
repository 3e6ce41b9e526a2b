// SPDX-License-Identifier: GPL-2.0-only

package bench

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// The do-nothing init is an ordinary program: it says its line and waits.
func TestFloorInit(t *testing.T) {
	if runtime.GOOS != "linux" || runtime.GOARCH != "amd64" {
		t.Skip("the program is for Linux on amd64")
	}
	path := filepath.Join(t.TempDir(), "init")
	if err := os.WriteFile(path, floorInit(), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != floorMark+"\n" {
		t.Errorf("the init says %q, %v; want %q", line, err, floorMark+"\n")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Errorf("the init does not wait: %v", err)
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the init ended by itself; it should wait")
	}
}

func TestQuantile(t *testing.T) {
	values := []float64{5, 1, 4, 2, 3}
	for q, want := range map[float64]float64{0: 1, 0.5: 3, 0.95: 5, 1: 5} {
		if got := quantile(values, q); got != want {
			t.Errorf("quantile(%v, %v) = %v; want %v", values, q, got, want)
		}
	}
}
