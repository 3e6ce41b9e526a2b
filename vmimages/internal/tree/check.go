// SPDX-License-Identifier: GPL-2.0-only

package tree

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// prepared checks that modules can be built with the folder.
func (p Place) prepared() error {
	if info, err := os.Stat(p.Dir); err != nil || !info.IsDir() {
		if err == nil {
			err = errors.New("not a folder")
		}
		return &fault.Error{Owner: fault.Usage, What: "there is no kernel tree", Where: p.Dir, Err: unwrapped(err), Hint: "-kdir= takes the folder of a built kernel, or of headers"}
	}
	for _, need := range []struct{ file, fix string }{
		{"Makefile", "-kdir= takes the folder that modules are built with: make -C FOLDER M=..."},
		{".config", "configure and build the kernel: make -C " + p.Dir + " defconfig bzImage modules"},
		{"include/generated/autoconf.h", "prepare it: make -C " + p.Dir + " modules_prepare"},
		{"include/config/auto.conf", "prepare it: make -C " + p.Dir + " modules_prepare"},
		{"scripts/mod/modpost", "prepare it: make -C " + p.Dir + " modules_prepare"},
	} {
		if _, err := os.Stat(filepath.Join(p.Dir, need.file)); err != nil {
			return p.wrong("it has no "+need.file, nil, need.fix)
		}
	}
	return nil
}

// required is what a kernel needs besides its virtio drivers to come up here:
// an initramfs with an init that is written in Go, a console, and modules.
var required = []string{"64BIT", "PRINTK", "BLK_DEV_INITRD", "BINFMT_ELF", "PCI", "PROC_FS", "SYSFS", "TTY", "SERIAL_8250_CONSOLE", "FUTEX", "EPOLL"}

// options reads the configuration and checks what it must have.
func (p Place) options() (kernel.Options, error) {
	options, err := kernel.ReadOptions(filepath.Join(p.Dir, ".config"))
	if err != nil {
		return nil, p.wrong("its configuration cannot be read", err, "")
	}
	if options["MODULES"] != "y" {
		return nil, p.wrong("it takes no modules (CONFIG_MODULES is not set)", nil, "set CONFIG_MODULES=y and CONFIG_MODULE_UNLOAD=y, and build it again")
	}
	if lacks := missing(options, required); len(lacks) > 0 {
		return nil, p.wrong("its configuration lacks "+strings.Join(lacks, ", "), nil, "set them to y and build it again")
	}
	if _, err := os.Stat(filepath.Join(p.Dir, "Module.symvers")); err != nil {
		return nil, p.wrong("it has no Module.symvers, the list of symbols that modules link to", nil, "make it: make -C "+p.Dir+" modules")
	}
	return options, nil
}
