// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"fmt"
	"slices"
	"strings"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/harness/internal/vm"
)

// explainDevice says which device a module missed that has the aliases, and how the
// VM, which has the devices there, can be given it.
func explainDevice(aliases, there []string) string {
	var lacking []string
	for _, name := range vm.DevicesFor(aliases) {
		if !slices.Contains(there, name) {
			lacking = append(lacking, name)
		}
	}
	one := func(prefix string) bool {
		return slices.ContainsFunc(aliases, func(a string) bool { return strings.HasPrefix(a, prefix) })
	}
	switch {
	case len(lacking) > 0:
		quoted := strings.Join(lacking, `", "`)
		return fmt.Sprintf(`%s: give it one by devices = ["%s"] in kmodlab.toml, or by -device=%s`, kmsg.NoDevice, quoted, strings.Join(lacking, ","))
	case len(vm.DevicesFor(aliases)) > 0:
		return "its init found no such device, though this VM has " + strings.Join(vm.DevicesFor(aliases), ", ")
	case one("i2c:"):
		return kmsg.NoDevice + ", but the kernel's module i2c-stub makes I2C chips, where a kernel has it (docs/try.md)"
	case one("pci:"), one("usb:"), one("virtio:"), one("hid:"):
		return fmt.Sprintf("%s: it drives %s, and what a VM can be given is %s", kmsg.NoDevice, few(aliases), strings.Join(vm.DeviceNames(), ", "))
	}
	return kmsg.NoDevice
}

// few returns the first two of names.
func few(names []string) string {
	const most = 2
	if more := len(names) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), more)
	}
	return strings.Join(names, ", ")
}
