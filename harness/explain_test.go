// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/explain"
	"kmodlab/internal/fault"
)

func TestExplain(t *testing.T) {
	for name, tt := range map[string]struct {
		log  string
		says []string
		code int
	}{
		"trouble":          {"[    1.000000] BUG: unable to handle page fault for address: 1\n[    1.000001] RIP: 0010:f+0x1/0x2 [m]\n", []string{"oops: bad page fault in f [m]", "lines 1 to 2, 1.000 s after boot; the module m"}, fault.ExitFailed},
		"a taint":          {"[    1.000000] m: module license 'X' taints kernel.\n", []string{"no complaint in 1 lines", "note: line 1, 1.000 s after boot: m: module license 'X' taints kernel."}, 0},
		"none":             {"[    1.000000] Linux version 6.12.0\n", []string{"no complaint in 1 lines"}, 0},
		"without stamps":   {"Linux version 6.12.0\n", []string{"no complaint", "no line has a stamp"}, 0},
		"nothing":          {"", nil, fault.ExitUsage},
		"another's":        {"Nov 28 11:22:59 host systemd[1]: Started a unit.\nNov 28 11:22:59 host sshd[7]: Accepted a key.\n", nil, fault.ExitUsage},
		"binary, no lines": {strings.Repeat("\x00\x01\x02", 100), nil, fault.ExitUsage},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "log")
			if err := os.WriteFile(path, []byte(tt.log), 0o644); err != nil {
				t.Fatal(err)
			}
			var out strings.Builder
			err := Home{}.Explain(context.Background(), &out, path, false)
			code := 0
			if s, ok := errors.AsType[Status](err); ok {
				code = s.Code
			}
			if code != tt.code {
				t.Errorf("Explain(%q) = %v, status %d; want %d", tt.log, err, code, tt.code)
			}
			for _, want := range tt.says {
				if !strings.Contains(out.String(), want) {
					t.Errorf("Explain(%q) says %q; want %q in it", tt.log, out.String(), want)
				}
			}
		})
	}
}

func TestExplainJSON(t *testing.T) {
	var out strings.Builder
	_ = Home{}.Explain(context.Background(), &out, "internal/splat/testdata/splats/oops-6.12.txt", true) // fails, since there is a complaint
	var log explain.Log
	if err := json.Unmarshal([]byte(out.String()), &log); err != nil || len(log.Complaints) != 1 || log.Complaints[0].Module != "fault_oops" {
		t.Errorf("Explain() wrote %q, %v; want one complaint of fault_oops", out.String(), err)
	}
}

func TestExplainNoFile(t *testing.T) {
	err := Home{}.Explain(context.Background(), &strings.Builder{}, filepath.Join(t.TempDir(), "none"), false)
	if s, ok := errors.AsType[Status](err); !ok || s.Code != fault.ExitUsage {
		t.Errorf("Explain() = %v; want wrong usage", err)
	}
}
