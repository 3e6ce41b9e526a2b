// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// insertAll inserts the modules of dir in the order of their names. Kernels
// before 6.12 have virtio as modules; the folder is missing on others.
func insertAll(dir string) error {
	paths, err := filepath.Glob(filepath.Join(dir, "*.ko")) // sorted
	if err != nil {
		return err
	}
	for _, path := range paths {
		image, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := unix.InitModule(image, ""); err != nil {
			return fmt.Errorf("insert %s: %w", path, err)
		}
	}
	return nil
}

// openPort opens the virtio-serial port called name.
//
// It is opened blocking, and that is what keeps it away from Go's poller: a
// port that is polled in one place and read in another loses wake-ups. One
// goroutine reads it, a lock lets one at a time write it, nobody polls it.
func openPort(name string) (*os.File, error) {
	const patience, pause = 10 * time.Second, time.Millisecond
	for begin := time.Now(); time.Since(begin) < patience; time.Sleep(pause) {
		// A port gets its name a moment after its driver was inserted, and
		// there is no udev that would wait for it.
		names, err := filepath.Glob("/sys/class/virtio-ports/*/name")
		if err != nil {
			return nil, err
		}
		for _, path := range names {
			text, err := os.ReadFile(path)
			if err != nil || strings.TrimSpace(string(text)) != name {
				continue
			}
			dev := filepath.Join("/dev", filepath.Base(filepath.Dir(path)))
			fd, err := unix.Open(dev, unix.O_RDWR|unix.O_CLOEXEC, 0)
			if err != nil {
				return nil, fmt.Errorf("open %s: %w", dev, err)
			}
			return os.NewFile(uintptr(fd), dev), nil
		}
	}
	return nil, fmt.Errorf("no virtio-serial port %q after %v", name, patience)
}
