// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"bytes"
	"context"
	"debug/elf"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/toolchain"
)

// runMake runs Kbuild on the folder stage, with further arguments, and returns
// everything it printed. It sees the folders read, too.
func runMake(ctx context.Context, c *cache.Cache, k *kernel.Kernel, stage string, read []string, further ...string) (string, error) {
	probes, err := probesIn(ctx, c, k)
	if err != nil {
		return "", err
	}
	// -k: one run shows the errors of every folder, not of the first only.
	args := []string{"make", "-C", k.Headers, "M=" + stage, fmt.Sprintf("-j%d", runtime.NumCPU()), "-k", "modules"}
	p := toolchain.Program{Dir: stage, Argv: slices.Concat(args, toolchain.Arguments(k), further), Read: read, Write: []string{stage}}
	if probes != "" {
		p.Path = filepath.Join(probes, probesBin)
		p.Write = append(p.Write, filepath.Join(probes, probesYes))
	}
	return p.Run(ctx, k)
}

// Keep puts the modules kos into the folder out twice: whole under debug, and
// without debug information, a tenth of the size, for the way into a VM.
//
// The BTF goes, too, unless the module has uses for it itself (.BTF_ids: it
// offers functions to BPF programs). It serves BPF programs that trace the
// module, of which there are none in a VM, and a kernel that loads it looks at
// all of its own types: with 6.12 a seventh of what an insertion costs.
func Keep(ctx context.Context, k *kernel.Kernel, kos []string, out string) error {
	if len(kos) == 0 {
		return nil
	}
	objcopy := k.Toolchain.Prefix + "objcopy"
	if k.Toolchain.Bin != "" {
		objcopy = filepath.Join(k.Toolchain.Bin, objcopy)
	}
	// One box for all of them: it costs as much as an objcopy does.
	argv := []string{"sh", "-e", "-c", strip, "sh", objcopy}
	if err := os.MkdirAll(filepath.Join(out, "debug"), 0o755); err != nil {
		return err
	}
	for _, ko := range kos {
		whole := filepath.Join(out, "debug", filepath.Base(ko))
		text, err := os.ReadFile(ko)
		if err != nil {
			return err
		}
		if err := os.WriteFile(whole, text, 0o644); err != nil {
			return err
		}
		uses, err := hasSection(text, ".BTF_ids")
		if err != nil {
			return &fault.Error{Owner: fault.Build, What: "what make built is no module", Where: ko, Err: err}
		}
		without := ".BTF"
		if uses {
			without = ".none"
		}
		marked, err := marks(text)
		if err != nil {
			return err
		}
		argv = append(argv, without, marked, whole, filepath.Join(out, filepath.Base(ko)))
	}
	output, err := toolchain.Program{Dir: out, Argv: argv}.Run(ctx, k)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if _, owned := errors.AsType[*fault.Error](err); owned {
		return err
	}
	if err != nil {
		return &fault.Error{Owner: fault.Build, What: "cannot strip the modules", Where: k.Release, Err: fmt.Errorf("%w: %s", err, output)}
	}
	return nil
}

// strip strips modules, for each of which it is told the section to be left
// out, further options, the file, and the new file.
const strip = `objcopy=$1; shift
while [ $# -gt 0 ]; do
	"$objcopy" --strip-debug --remove-section="$1" --remove-section="$1".base $2 "$3" "$4"
	shift 4
done`

func hasSection(text []byte, name string) (bool, error) {
	f, err := elf.NewFile(bytes.NewReader(text))
	if err != nil {
		return false, err
	}
	return f.Section(name) != nil, nil
}
