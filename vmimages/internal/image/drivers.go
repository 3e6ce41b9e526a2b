// SPDX-License-Identifier: GPL-2.0-only

package image

import (
	"fmt"

	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
)

// virtioDrivers are what a virtio port takes: configuration and module.
var virtioDrivers = []struct{ option, module string }{
	{"VIRTIO_PCI", "virtio_pci"},
	{"VIRTIO_CONSOLE", "virtio_console"},
}

// Driver is a module that goes into a kernel before the agent can talk.
type Driver struct {
	Name string // of its file, "virtio.ko"
	Data []byte // its image, uncompressed
}

// Drivers returns those modules among files, as [ko.Find] returns them, that a
// kernel so configured needs for a virtio port, in insertion order; none when
// all is built in.
func Drivers(options kernel.Options, files map[string]string) ([]Driver, error) {
	var names []string
	for _, d := range virtioDrivers {
		switch options[d.option] {
		case "y":
		case "m":
			names = append(names, d.module)
		default:
			return nil, fmt.Errorf("the kernel has no %s: no virtio port", d.option)
		}
	}
	modules, err := ko.Closure(files, names...)
	if err != nil {
		return nil, err
	}
	var drivers []Driver
	for _, m := range modules {
		data, err := ko.Read(files[m.Name])
		if err != nil {
			return nil, err
		}
		drivers = append(drivers, Driver{Name: m.Name + ".ko", Data: data})
	}
	return drivers, nil
}
