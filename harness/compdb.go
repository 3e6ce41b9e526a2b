// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"

	"kmodlab/harness/internal/host"
	"kmodlab/harness/internal/kbuild"
)

// commandsFile is where clangd looks for how a source is compiled.
const commandsFile = "compile_commands.json"

// CompileCommands builds the modules for a kernel and writes how each source
// was compiled into the project's folder.
func (h Home) CompileCommands(ctx context.Context, w io.Writer, f Flags) error {
	ctx, l, err := h.open(ctx, w, f)
	if err != nil {
		return status(err)
	}
	source, err := l.kernel(ctx, f)
	if err != nil {
		return status(err)
	}
	if err := host.Ensure(ctx, host.Needs()); err != nil {
		return status(err)
	}
	k, err := source.Get(ctx)
	if err != nil {
		return status(err)
	}
	commands, err := kbuild.Commands(ctx, l.cache, k, l.home.Lessons)
	if err != nil {
		return ended(ctx, err)
	}
	text, err := json.MarshalIndent(commands, "", "  ")
	if err != nil {
		return status(err)
	}
	if err := os.WriteFile(filepath.Join(l.home.Sources, commandsFile), append(text, '\n'), 0o644); err != nil {
		return status(err)
	}
	l.view.Printf("wrote %s: %d sources, as compiled for %s\n", commandsFile, len(commands), k.Release)
	return nil
}
