// SPDX-License-Identifier: GPL-2.0-only

package target

import (
	"context"
	"io"
	"os"

	"golang.org/x/term"

	"kmodlab/harness/fault"
	"kmodlab/harness/kernel"
	"kmodlab/harness/vm"
)

// Shell boots a kernel and gives the person at the terminal a u-root shell in
// it, with all modules at hand in /modules.
func Shell(ctx context.Context, w io.Writer, f Flags) error {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return status(&fault.Error{Party: fault.Usage, What: "a shell needs a terminal", Where: "standard input"})
	}
	ctx, l, err := open(ctx, w, f.Locked)
	if err != nil {
		return status(err)
	}
	source, err := l.kernel(ctx, f)
	if err != nil {
		return status(err)
	}
	runner, err := l.runner(ctx, []kernel.Source{source}, brief{l.view}, false)
	if err != nil {
		return status(err)
	}
	col, err := runner.Prepare(ctx, source)
	if err != nil {
		return status(err)
	}
	files := map[string][]byte{}
	for name, path := range col.Modules() {
		if files["modules/"+name+".ko"], err = os.ReadFile(path); err != nil {
			return status(err)
		}
	}
	l.view.Printf("the modules are in /modules: insmod /modules/buildchain.ko; leave with: exit\n")
	return status(vm.Shell(ctx, col.Machine(), files, os.Stdin, os.Stdout))
}
