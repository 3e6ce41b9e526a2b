// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/harness/internal/api"
	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/kmsg"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/removed"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
)

// hintsOf are what an error of the build comes of.
func (col *Target) hintsOf(err error) []string {
	failed, _ := errors.AsType[*kbuild.Error](err)
	return col.hints[failed]
}

// mostHints is how many hints an error gets. What a compiler says after the
// first few, the first few bring about.
const mostHints = 5

// explainBuild says what the errors of a build come of: what this kernel no
// longer has, which one still has it, and what to write instead.
func (r *Runner) explainBuild(k *kernel.Kernel, name string, failed *kbuild.Error) []string {
	here := api.Of(k, name)
	f := removed.Failure{Output: failed.Output}
	for _, m := range failed.Messages {
		f.Messages = append(f.Messages, m.Text)
	}
	hints, all := r.explainMisses(here, strings.Join(f.Messages, "\n"))
	if !all { // what no kernel has may be the module's own, and out of reach
		f.Makefile = makefiles(failed.Source)
	}
	list, err := removed.List()
	if err != nil {
		return hints // its own test tells; here it is an extra
	}
	for _, e := range removed.Others(list, here, f) {
		hints = append(hints, e.Names[0]+": "+e.Sentence())
	}
	return hints[:min(len(hints), mostHints)]
}

// explainMisses explains what text says is not there, and tells whether it could
// explain all of it.
func (r *Runner) explainMisses(here api.Kernel, text string) (hints []string, all bool) {
	list, err := removed.List()
	if err != nil {
		return nil, false
	}
	all = true
	for _, m := range api.Misses(text) {
		if len(hints) == mostHints {
			break // to look further takes time
		}
		why, lacks := r.History.Explain(here, m)
		if e, ok := removed.Named(list, m.Name); ok && lacks {
			if why == "" {
				why = m.Name + ": gone here"
			}
			why += "; " + e.Sentence()
		}
		if all = all && why != ""; why != "" {
			hints = append(hints, why)
		}
	}
	return hints, all
}

// explainRefusal says why the kernel refused the module that was inserted last,
// by what it logged meanwhile. Of a removal there is nothing to say.
func (r *Runner) explainRefusal(b *guest, refused *lesson.Refusal) []string {
	last := b.inserted
	if refused == nil || last == nil {
		return nil
	}
	here := api.Of(b.column.kernel, b.column.source.Name)
	if hints, _ := r.explainMisses(here, strings.Join(last.log, "\n")); len(hints) > 0 {
		return hints
	}
	m, err := ko.Parse(refused.Module, last.image)
	switch why := kmsg.Refusal(refused.Errno, last.log); {
	case why == kmsg.NoDevice && err == nil:
		return []string{explainDevice(m.Aliases, b.column.machine.Devices)}
	case why != "":
		return []string{why}
	}
	if refused.Errno == "EINVAL" && err == nil && len(m.Params) > 0 && len(last.params) == 0 {
		return []string{"its init returned it, and no parameter was given; it has " + strings.Join(m.Params, ", ")}
	}
	return nil
}

// makefiles returns the text of the Makefiles in the folder dir and below.
func makefiles(dir string) string {
	var all strings.Builder
	// What cannot be read explains nothing.
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return nil
		}
		if base := d.Name(); strings.HasPrefix(base, "Makefile") || base == "Kbuild" || filepath.Ext(base) == ".mk" {
			text, _ := os.ReadFile(path)
			all.Write(text)
			all.WriteByte('\n')
		}
		return nil
	})
	return all.String()
}
