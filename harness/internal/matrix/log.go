// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
)

// keepLog writes everything a VM said to a file and returns its path relative
// to the output folder.
func (r *Runner) keepLog(k *kernel.Kernel, c lesson.Case, fate vm.Fate) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s on %s\n# the VM ended: %s, %s\n\n# kernel log\n", c.ID(), k.Release, fate.How, fate.Status)
	for _, rec := range fate.Records {
		for line := range strings.SplitSeq(rec.Text, "\n") {
			fmt.Fprintf(&b, "[%12.6f] %s\n", rec.Time.Seconds(), line)
		}
	}
	fmt.Fprintf(&b, "\n# console\n%s\n", strings.TrimRight(fate.Console, "\r\n"))
	if fate.Output != "" {
		fmt.Fprintf(&b, "\n# QEMU\n%s\n", fate.Output)
	}
	name := filepath.Join("logs", k.Release, c.Lesson+"-"+c.Name+".log")
	path := filepath.Join(r.Out, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", cannotKeep(path, err)
	}
	if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
		return "", cannotKeep(path, err)
	}
	return name, nil
}

func cannotKeep(path string, err error) error {
	return &fault.Error{Owner: fault.Host, What: "cannot keep the kernel log", Where: path, Err: err}
}
