// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/harness/internal/debuginfo"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/splat"
	"kmodlab/harness/internal/verdict"
)

// tell puts into record what people ask for when a case did not pass: what the
// kernel reported, and where in the sources that is.
func (r *Runner) tell(record *verdict.Record, col *Target, splats []splat.Splat) {
	source := debuginfo.Source{
		Path: func(module string) string { return col.modules.Debug[module] },
		Show: r.show,
	}
	var reports, stuck []string
	for _, s := range splats {
		if s.Kind == splat.Lockup {
			if slices.Contains(stuck, s.Title) {
				continue // the watchdog says so again and again, for as long as nobody ends it
			}
			stuck = append(stuck, s.Title)
		}
		text := strings.Join(source.Annotate(s.Essence()), "\n") + "\n"
		if !slices.Contains(reports, text) { // the log and the console tell the same
			reports = append(reports, text)
		}
	}
	record.Trouble = clip(strings.Join(reports, "\n"))
	if record.Stack != "" {
		record.Stack = strings.Join(source.Annotate(strings.Split(record.Stack, "\n")), "\n")
	}
}

// strangers returns a note on each splat that no function of a module is on the
// trace of. It counts against the case, for in a pristine VM nothing else went on;
// but who looks for the mistake looks at what the module left behind.
func strangers(splats []splat.Splat) []string {
	var notes []string
	for _, s := range splats {
		note := fmt.Sprintf("no function of a module is on the call trace of %q: it is the kernel's own, or of something that the module left behind", s.Title)
		if s.Module == "" && len(s.Trace) > 0 && !s.Follows && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	return notes
}

// clip shortens what a kernel reported over and over. The log has it all.
func clip(text string) string {
	const most = 64 << 10
	if len(text) <= most {
		return text
	}
	end := strings.LastIndexByte(text[:most], '\n') + 1
	return text[:end] + "... more is in the log\n"
}

// show returns the name of a source file relative to the project's folder and
// the text of one of its lines. The compiler was told where the file was
// staged; its end is the same in the folder of the sources.
func (r *Runner) show(file string, line int) (name, text string) {
	for rest := file; rest != ""; _, rest, _ = strings.Cut(strings.TrimPrefix(rest, "/"), "/") {
		path := filepath.Join(r.Kmod, rest)
		content, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		lines := strings.Split(string(content), "\n")
		if line > 0 && line <= len(lines) {
			text = lines[line-1]
		}
		return r.relative(path), text
	}
	return file, "" // a header of the kernel
}

// relative returns path relative to the project's folder, if it lies there.
func (r *Runner) relative(path string) string {
	if rel, err := filepath.Rel(r.Root, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

// placeless is text without the project's folder in front of paths: results
// are read on other machines, too.
func (r *Runner) placeless(text string) string {
	if r.Root == "" {
		return text
	}
	return strings.ReplaceAll(text, r.Root+string(filepath.Separator), "")
}

// steps are the script's steps as the results have them.
func steps(taken []lesson.Taken) []verdict.Step {
	var all []verdict.Step
	for _, t := range taken {
		all = append(all, verdict.Step{Text: t.Text, Section: t.Section, Expected: t.Expected, Got: clip(t.Got),
			Compared: t.Compared, Equal: t.Compared && t.Expected == t.Got})
	}
	return all
}

// messages are what the compiler and the linker said in err.
func (r *Runner) messages(err error) []verdict.Message {
	var all []verdict.Message
	if failed, ok := errors.AsType[*kbuild.Error](err); ok && failed != nil {
		for _, m := range failed.Messages {
			all = append(all, verdict.Message{File: r.relative(m.File), Line: m.Line, Text: m.Text})
		}
	}
	return all
}
