// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"

	"kmodlab/internal/fault"
)

// device is something to drive that a machine can be given. None of them reaches
// out of QEMU: what is a disk elsewhere forgets what is written to it, what is a
// network card has no cable.
type device struct {
	needs  string   // another device, which it is plugged into; "" for the board
	qemu   []string // what it asks of QEMU
	melts  bool     // its state is not in what QEMU writes down of a machine
	modals []string // what the kernel calls it, as in its file modalias of sysfs
}

// blank is the medium of a device that stores, of 64 MB: it reads as zeros and forgets.
func blank(name string) string {
	return "driver=null-co,node-name=" + name + ",size=67108864,read-zeroes=on"
}

// devices are those that there are, by the name that users write. The names of the
// kernel are those that a guest has shown (TestDevices).
//
// QEMU 10.0 writes nothing down of edu and pci-testdev, whose classes have no
// vmsd (hw/misc/edu.c, hw/misc/pci-testdev.c): where a clone's kernel knows their
// registers there is nothing, edu was seen to read as zeros. Of nvme it says that it cannot (nvme_vmstate.unmigratable,
// hw/nvme/ctrl.c).
var devices = map[string]device{
	"edu": {qemu: []string{"-device", "edu"}, melts: true,
		modals: []string{"pci:v00001234d000011E8sv00001AF4sd00001100bc00scFFi00"}},
	"pci-testdev": {qemu: []string{"-device", "pci-testdev"}, melts: true,
		modals: []string{"pci:v00001B36d00000005sv00001AF4sd00001100bc00scFFi00"}},
	"nvme": {qemu: []string{"-blockdev", blank("nvme-medium"), "-device", "nvme,serial=kmodlab,drive=nvme-medium"}, melts: true,
		modals: []string{"pci:v00001B36d00000010sv00001AF4sd00001100bc01sc08i02"}},
	// Without a ROM to boot from, which not every QEMU has beside it.
	"virtio-net": {qemu: []string{"-device", "virtio-net-pci,romfile="},
		modals: []string{"pci:v00001AF4d00001000sv00001AF4sd00000001bc02sc00i00", "virtio:d00000001v00001AF4"}},
	"xhci": {qemu: []string{"-device", "qemu-xhci,id=xhci"},
		modals: []string{"pci:v00001B36d0000000Dsv00001AF4sd00001100bc0Csc03i30"}},
	"usb-kbd": {needs: "xhci", qemu: []string{"-device", "usb-kbd,bus=xhci.0"},
		modals: []string{"usb:v0627p0001d0000dc00dsc00dp00ic03isc01ip01in00", "hid:b0003g0001v00000627p00000001"}},
	"usb-tablet": {needs: "xhci", qemu: []string{"-device", "usb-tablet,bus=xhci.0"},
		modals: []string{"usb:v0627p0001d0000dc00dsc00dp00ic03isc00ip00in00", "hid:b0003g0001v00000627p00000001"}},
	"usb-storage": {needs: "xhci", qemu: []string{"-blockdev", blank("usb-medium"), "-device", "usb-storage,bus=xhci.0,drive=usb-medium"},
		modals: []string{"usb:v46F4p0001d0000dc00dsc00dp00ic08isc06ip50in00"}},
}

// DeviceNames returns the names of the devices that a machine can be given.
func DeviceNames() []string { return slices.Sorted(maps.Keys(devices)) }

// CheckDevices makes sure that there are devices of the names, which stand at
// where. The error is a [fault.Error] of usage.
func CheckDevices(where string, names []string) error {
	for _, name := range names {
		if _, ok := devices[name]; !ok {
			return &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no device %q that a VM could be given", name), Where: where,
				Hint: fault.Choices(name, "the devices", DeviceNames())}
		}
	}
	return nil
}

// DevicesFor returns the names of the devices that a module drives which has the
// aliases: patterns of what the kernel calls devices.
func DevicesFor(aliases []string) []string {
	var names []string
	for name, d := range devices {
		if slices.ContainsFunc(aliases, d.is) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// is tells whether a pattern means the device. Patterns are those of fnmatch(3),
// and names have no slash in them.
func (d device) is(alias string) bool {
	return slices.ContainsFunc(d.modals, func(name string) bool {
		ok, err := path.Match(alias, name)
		return ok && err == nil
	})
}

// plugged returns the names of a machine's devices with those that they need, each
// once and in one order, whatever the order in which they were named.
func plugged(names []string) []string {
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
		if on := devices[name].needs; on != "" {
			all[on] = true
		}
	}
	return slices.SortedFunc(maps.Keys(all), func(a, b string) int {
		// What is plugged into nothing but the board, "", comes first.
		return cmp.Or(cmp.Compare(devices[a].needs, devices[b].needs), cmp.Compare(a, b))
	})
}

// given is the devices of a machine.
func given(names []string) part {
	var p part
	for _, name := range plugged(names) {
		p.qemu = append(p.qemu, devices[name].qemu...)
	}
	return p
}

// melting returns the devices of m that do not stay what they are when it is frozen.
func (m Machine) melting() []string {
	return slices.DeleteFunc(plugged(m.Devices), func(name string) bool { return !devices[name].melts })
}
