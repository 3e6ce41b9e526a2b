// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/emulator"
	"kmodlab/harness/internal/host"
	"kmodlab/internal/cache"
)

// Doctor tells which QEMU there will be, and from where, and fetches none.
func TestDoctorTellsOfQEMU(t *testing.T) {
	there := t.TempDir()
	script := "#!/bin/sh\ncase \"$*\" in *--version) echo 'QEMU of mine';; *,help) echo 'virtserialport options:';; esac\n"
	if err := os.WriteFile(filepath.Join(there, "qemu-system-x86_64"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	for how, want := range map[string]map[string]host.Finding{
		"host and -qemu=own": {
			"QEMU for amd64": {State: host.Good, Says: "fetched from the archive when it is first needed"},
			"QEMU for arm64": {State: host.Good, Says: "fetched from the archive when it is first needed"},
		},
		"own and -qemu=" + there: {
			"QEMU for amd64": {State: host.Good, Says: "QEMU of mine, " + there + "/qemu-system-x86_64, as -qemu says"},
			"QEMU for arm64": {State: host.Poor, Says: "there is no qemu-system-aarch64"},
		},
		"own": {
			"QEMU for amd64": {State: host.Good, Says: "fetched from the archive when it is first needed"},
			"QEMU for arm64": {State: host.Good, Says: "fetched from the archive when it is first needed"},
		},
		there: {
			"QEMU for amd64": {State: host.Good, Says: "QEMU of mine, " + there + "/qemu-system-x86_64, as KMODLAB_QEMU says"},
			"QEMU for arm64": {State: host.Poor, Says: "there is no qemu-system-aarch64"},
		},
		"host": {"qemu-system-x86_64": {State: host.Good, Says: "QEMU of mine"}, "qemu-system-aarch64": {}},
	} {
		t.Run(filepath.Base(how), func(t *testing.T) {
			env, flag, _ := strings.Cut(how, " and -qemu=") // which goes before
			t.Setenv(cache.Env, t.TempDir())
			t.Setenv(emulator.Env, env)
			t.Setenv("PATH", there+":"+os.Getenv("PATH"))
			var out bytes.Buffer
			err := Checkout("..").Doctor(t.Context(), &out, Flags{QEMU: flag}, true) // of what else this machine lacks, this test knows nothing
			var all []host.Finding
			if bad := json.Unmarshal(out.Bytes(), &all); bad != nil {
				t.Fatalf("Doctor() = %v, and it says %q: %v", err, out.String(), bad)
			}
			got := map[string]host.Finding{}
			for _, f := range all {
				if strings.Contains(strings.ToLower(f.What), "qemu") {
					got[f.What] = f
				}
			}
			if len(got) != len(want) {
				t.Errorf("of QEMU it tells %+v; want %d things", got, len(want))
			}
			for what, w := range want {
				if f := got[what]; f.What == "" || w.Says != "" && (f.State != w.State || !strings.Contains(f.Says, w.Says)) {
					t.Errorf("%s: %+v; want %s, %q", what, f, w.State, w.Says)
				}
			}
		})
	}
}
