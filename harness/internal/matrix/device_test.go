// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/foreign"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
)

func TestExplainDevice(t *testing.T) {
	const none = "its init found no such device; this VM has none"
	for name, tt := range map[string]struct {
		aliases, there []string
		want           string
	}{
		"of no bus":              {[]string{"platform:x"}, nil, none},
		"a name of the module's": {[]string{"old-name"}, nil, none},
		"one that there is":      {[]string{"pci:v00001234d000011E8sv*sd*bc*sc*i*"}, nil, none + `: give it one by devices = ["edu"] in kmodlab.toml, or by -device=edu`},
		"one of several":         {[]string{"pci:v00008086d*", "pci:v00001234d000011E8sv*sd*bc*sc*i*"}, nil, none + `: give it one by devices = ["edu"] in kmodlab.toml, or by -device=edu`},
		"two":                    {[]string{"usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*"}, nil, none + `: give it one by devices = ["usb-kbd", "usb-tablet"] in kmodlab.toml, or by -device=usb-kbd,usb-tablet`},
		"the other of two":       {[]string{"usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*"}, []string{"usb-kbd"}, none + `: give it one by devices = ["usb-tablet"] in kmodlab.toml, or by -device=usb-tablet`},
		"one that is there":      {[]string{"virtio:d00000001v*"}, []string{"edu", "virtio-net"}, "its init found no such device, though this VM has virtio-net"},
		"one that nobody has": {[]string{"pci:v00008086d00001234sv*sd*bc*sc*i*", "pci:v1*", "pci:v2*", "pci:v3*"}, nil,
			none + ": it drives pci:v00008086d00001234sv*sd*bc*sc*i*, pci:v1* and 2 more, and what a VM can be given is edu, nvme, pci-testdev, usb-kbd, usb-storage, usb-tablet, virtio-net, xhci"},
		"a chip": {[]string{"of:N*T*Cti,tmp75", "i2c:tmp75"}, nil, none + ", but the kernel's module i2c-stub makes I2C chips, where a kernel has it (docs/try.md)"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := explainDevice(tt.aliases, tt.there); got != tt.want {
				t.Errorf("explainDevice(%q, %q) =\n%s\nwant\n%s", tt.aliases, tt.there, got, tt.want)
			}
		})
	}
}

// A driver finds the device that its VM was given.
func TestDevice(t *testing.T) {
	for _, series := range []string{"6.12", "7.3"} {
		t.Run(series, func(t *testing.T) {
			r, source := newRunner(t, "", series)
			folder, err := foreign.Read("../../testdata/foreign", "")
			if err != nil {
				t.Fatal(err)
			}
			r.Devices = []string{"edu"}
			r.Build = func(ctx context.Context, k *kernel.Kernel) (*kbuild.Modules, error) {
				m, err := folder.Build(ctx, r.Cache, k)
				if err == nil {
					m = &kbuild.Modules{Files: map[string]string{"edu": m.Files["edu"]}}
				}
				return m, err
			}
			records, err := r.RunBuilt(t.Context(), []kernel.Source{source}, folder.Unbuilt(""), func(ctx context.Context, k *kernel.Kernel, m *kbuild.Modules) ([]lesson.Case, error) {
				return folder.Cases(ctx, filepath.Join(r.Out, "scripts"), k, m, nil)
			})
			if err != nil || len(records) != 1 {
				t.Fatalf("RunBuilt() = %+v, %v; want one record", records, err)
			}
			log, err := os.ReadFile(filepath.Join(r.Out, records[0].Log))
			if err != nil {
				t.Fatal(err)
			}
			if got := records[0]; got.Verdict != verdict.Pass || got.VM != "boot" || !strings.Contains(string(log), "edu: identification 010000ed, inverse edcba987") {
				t.Errorf("%s %s, %s; want a pass on a VM that was booted, and the device's registers in the log:\n%s", got.Verdict, got.Reason, got.VM, log)
			}
		})
	}
}
