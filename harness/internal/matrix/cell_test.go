// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"kmodlab/internal/kernel"
)

// A kernel that checks each access has longer, whatever the limit is.
func TestLimit(t *testing.T) {
	for config, want := range map[string]time.Duration{
		"CONFIG_KASAN=y\n":            20 * time.Second,
		"# CONFIG_KASAN is not set\n": 4 * time.Second,
		"CONFIG_HAVE_ARCH_KASAN=y\n":  4 * time.Second,
	} {
		t.Run(config, func(t *testing.T) {
			k := &kernel.Kernel{Release: "6.12.1", Version: "6.12.1", Headers: headersOf(t, "", ""), Config: filepath.Join(t.TempDir(), "config")}
			if err := os.WriteFile(k.Config, []byte(config), 0o644); err != nil {
				t.Fatal(err)
			}
			conditions, err := kernel.NewConditions(k)
			if err != nil {
				t.Fatal(err)
			}
			got, err := (&Runner{Limit: 4 * time.Second}).limit(&Target{conditions: conditions, kernel: k})
			if got != want || err != nil {
				t.Errorf("limit() = %v, %v; want %v", got, err, want)
			}
		})
	}
}
