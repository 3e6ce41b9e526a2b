// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"context"
	"fmt"
	"strings"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/internal/step"
)

// unknownArgs begins the line by which a kernel tells, as it boots, what of its command
// line it does not know (print_unknown_bootoptions() in init/main.c of 6.12; 6.1 and
// 7.3 have it, too, 5.10 does not). Of words with a dot it says nothing: they may be for
// a module that comes later (unknown_bootoption()).
const unknownArgs = `Unknown kernel command line parameters "`

// tellUnknown returns, as notes, which of the words that a user added to the command
// line of col's kernel it did not know, by the log of a VM. The first VM of a kernel
// tells it aloud: a word that is misspelt changes nothing, and looks as if it had.
func (r *Runner) tellUnknown(ctx context.Context, col *Target, records []kmsg.Record) []string {
	words := unknownOf(r.KernelArgs, records)
	if len(words) == 0 {
		return nil
	}
	note := fmt.Sprintf("the kernel does not know %s, which it was given by -kernel-args or kernel_args", strings.Join(words, " "))
	col.mu.Lock()
	defer col.mu.Unlock()
	if !col.toldUnknown {
		col.toldUnknown = true
		step.Note(ctx, "%s: %s", col.kernel.Release, note)
	}
	return []string{note}
}

// unknownOf returns those of the words that the kernel said it did not know.
func unknownOf(words []string, records []kmsg.Record) []string {
	var unknown []string
	for _, rec := range records {
		_, list, found := strings.Cut(rec.Text, unknownArgs)
		if !found {
			continue
		}
		list, _, _ = strings.Cut(list, `", will be passed to user space`)
		for _, word := range words {
			if strings.Contains(" "+bare(list)+" ", " "+bare(word)+" ") {
				unknown = append(unknown, word)
			}
		}
	}
	return unknown
}

// bare is text without the quotation marks that a kernel leaves out, too.
func bare(text string) string { return strings.ReplaceAll(text, `"`, "") }
