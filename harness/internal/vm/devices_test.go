// SPDX-License-Identifier: GPL-2.0-only

package vm_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/ko"
	"kmodlab/vmimages/vmimagestest"
)

func TestCheckDevices(t *testing.T) {
	if err := vm.CheckDevices("-device", vm.DeviceNames()); err != nil {
		t.Errorf("CheckDevices(all) = %v", err)
	}
	err := vm.CheckDevices("-device", []string{"edu", "nvm"})
	for _, want := range []string{`"nvm"`, "-device", `did you mean "nvme"? the devices are: edu, nvme, pci-testdev,`} {
		if fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), want) {
			t.Errorf("CheckDevices() = %v; want an error of usage with %q", err, want)
		}
	}
	for _, arbitrary := range []string{"", "edu,id=x", "edu ", "-netdev", "vfio-pci,host=0000:00:02.0"} {
		if err := vm.CheckDevices("-device", []string{arbitrary}); err == nil {
			t.Errorf("CheckDevices(%q) succeeds; want an error", arbitrary)
		}
	}
}

func TestDevicesFor(t *testing.T) {
	for name, tt := range map[string]struct {
		aliases []string
		want    []string
	}{
		"none":               {nil, nil},
		"by its numbers":     {[]string{"pci:v00001234d000011E8sv*sd*bc*sc*i*"}, []string{"edu"}},
		"by its class":       {[]string{"pci:v*d*sv*sd*bc01sc08i02*"}, []string{"nvme"}},
		"by a bus on a bus":  {[]string{"virtio:d00000001v*"}, []string{"virtio-net"}},
		"by its interface":   {[]string{"usb:v*p*d*dc*dsc*dp*ic03isc*ip*in*"}, []string{"usb-kbd", "usb-tablet"}},
		"by another device":  {[]string{"pci:v00008086d00001234sv*sd*bc*sc*i*"}, nil},
		"what is no pattern": {[]string{"pci:v[", "fs-ext4"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(tt.want, vm.DevicesFor(tt.aliases)); d != "" {
				t.Errorf("DevicesFor(%q) (-want +got):\n%s", tt.aliases, d)
			}
		})
	}
}

// A guest sees each device by the names that are known of it, in a VM that was
// booted or in a clone, as it is said to be.
func TestDevices(t *testing.T) {
	vmimagestest.Long(t)
	for _, name := range vm.DeviceNames() {
		t.Run(name, func(t *testing.T) {
			series, usb := "6.12", strings.HasPrefix(name, "usb-")
			if usb {
				series = "6.12 amd64" // cloud kernels have no USB
			}
			l := newLab(t, series)
			m := l.machine
			m.Devices = []string{name}
			template, err := vm.Freeze(logged(t), l.cache, m)
			if err != nil {
				t.Fatal(err)
			}
			if template.Frozen() == vm.Melts(name) {
				t.Errorf("a VM with it is frozen: %v; want %v", template.Frozen(), !vm.Melts(name))
			}
			v, err := template.Clone(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			if usb {
				l.insertOwn(t, v, "xhci_pci", "usbhid")
			}
			lacking, names := vm.Modals(name), []string(nil)
			for range 20 { // seconds of the guest's own, in which it looks what is at its ports
				names = modals(t, v)
				lacking = slices.DeleteFunc(lacking, func(want string) bool { return slices.Contains(names, want) })
				if len(lacking) == 0 {
					return
				}
				if _, err := v.Run(t.Context(), nil, "sleep", "1"); err != nil {
					t.Fatal(err)
				}
			}
			t.Errorf("the guest has\n%s\nwant %s among them", strings.Join(names, "\n"), strings.Join(lacking, ", "))
		})
	}
}

// modals returns what the guest calls its devices.
func modals(t *testing.T, v *vm.VM) []string {
	t.Helper()
	_, files, err := v.Look(t.Context(), "/sys/bus/*/devices/*/modalias")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, text := range files {
		names = append(names, strings.TrimSpace(text))
	}
	return names
}

// insertOwn inserts modules of the kernel's own, with those that they need.
func (l lab) insertOwn(t *testing.T, v *vm.VM, names ...string) {
	t.Helper()
	own, err := l.kernel.OwnModules(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	modules, err := ko.Closure(own, names...)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		image, err := ko.Read(own[m.Name])
		if err != nil {
			t.Fatal(err)
		}
		if ans, err := v.Insert(t.Context(), image); err != nil || ans.Errno != 0 {
			t.Fatalf("Insert(%s) = %v, %v", m.Name, ans.Errno, err)
		}
	}
}
