// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"kmodlab/internal/cache"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

// Command is how a source file is compiled: an entry of compile_commands.json
// (Clang's JSON Compilation Database Format Specification).
type Command struct {
	Directory string `json:"directory"` // where the compiler runs
	Command   string `json:"command"`   // as a shell reads it
	File      string `json:"file"`      // path of the source
}

// Commands builds the modules in the folders of src for k, as far as they
// build, and returns how each source was compiled, with the paths of src.
func Commands(ctx context.Context, c *cache.Cache, k *kernel.Kernel, src string) ([]Command, error) {
	src, err := filepath.Abs(src)
	if err != nil {
		return nil, err
	}
	sources, err := readSources(src)
	if err != nil {
		return nil, err
	}
	target, err := Target(ctx, c, k)
	if err != nil {
		return nil, err
	}
	tmp, remove, err := c.Temp(ctx, "commands")
	if err != nil {
		return nil, err
	}
	defer remove()
	// Always, for what the cache has of a build are the modules, and the
	// staging folder may be of another state of the sources. What does not
	// compile has no command, the others have.
	s := step.Start(ctx, "build %s for %s", filepath.Base(src), k.Release)
	err = buildInto(ctx, c, k, sources, target, tmp)
	if _, broken := errors.AsType[*Error](err); err != nil && !broken {
		return nil, s.End(err)
	}
	s.End(nil)
	stage, unlock, err := sources.enter(ctx, c, k)
	if err != nil {
		return nil, err
	}
	defer unlock()
	commands, err := readCommands(stage, k.Headers, src)
	if err == nil && len(commands) == 0 {
		err = &fault.Error{Owner: fault.Build, What: "the build left no commands of the compiler", Where: stage}
	}
	return commands, err
}

// readCommands reads the commands of the files that Kbuild leaves beside each
// object, .NAME.o.cmd, in the folder stage, which stands for src.
func readCommands(stage, headers, src string) ([]Command, error) {
	var commands []Command
	err := filepath.WalkDir(stage, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".o.cmd") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		cmd, ok := parseCommand(string(text), stage, headers)
		if !ok {
			return nil
		}
		if _, err := os.Stat(cmd.File); err == nil { // not of a source that was removed since
			commands = append(commands, Command{
				Directory: strings.Replace(cmd.Directory, stage, src, 1),
				Command:   strings.ReplaceAll(cmd.Command, stage, src),
				File:      strings.Replace(cmd.File, stage, src, 1),
			})
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the compiler's commands: %w", err)
	}
	return commands, nil
}

// compiled is the first line of such a file: the command, the last word of
// which is the source. Up to 6.2 it is called cmd_, later savedcmd_ (kernel
// commit 92215e7a801d "kbuild: rename cmd_$@ to savedcmd_$@ in *.cmd files");
// since 6.13 objtool may follow.
var compiled = regexp.MustCompile(`(?m)^(?:saved)?cmd_\S+ := (\S.*? -c -o \S+ (\S+\.c))(?: *;.*)?$`)

// dependencies is the option by which the compiler writes a file for make,
// which would be beside the source.
var dependencies = regexp.MustCompile(` -Wp,-MMD,\S+`)

// parseCommand reads the text of a .o.cmd file. A make before 6.13 runs in the
// headers and names the source by its whole path, a later one in the stage.
func parseCommand(text, stage, headers string) (Command, bool) {
	m := compiled.FindStringSubmatch(text)
	if m == nil || strings.HasSuffix(m[2], ".mod.c") { // modpost's
		return Command{}, false
	}
	cmd := Command{Directory: headers, Command: dependencies.ReplaceAllString(m[1], ""), File: m[2]}
	if !filepath.IsAbs(cmd.File) {
		cmd.Directory, cmd.File = stage, filepath.Join(stage, cmd.File)
	}
	return cmd, true
}
