// SPDX-License-Identifier: GPL-2.0-only

// Command kmodlab tests kernel modules from a folder of their own: it builds them
// for many kernels, boots each in QEMU, and says what the kernels had to say.
//
// It has the targets that mage has in a checkout of the project, and needs no
// checkout: what the VMs boot into is compiled in as sources, since it is built for
// the architecture of each kernel, and so are the lessons.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"kmodlab/harness"
	"kmodlab/internal/fault"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root, err := command()
	if err == nil {
		err = root.Run(ctx, os.Args)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(exitCode(err))
	}
}

// exitCode is the status that an error ends the program with.
func exitCode(err error) int {
	if s, ok := errors.AsType[harness.Status](err); ok {
		return s.Code
	}
	return fault.Exit(err)
}
