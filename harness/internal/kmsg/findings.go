// SPDX-License-Identifier: GPL-2.0-only

package kmsg

import (
	"regexp"
	"slices"
)

// findings are what a kernel remarks, and goes on: today it does no harm.
var findings = []*regexp.Regexp{
	// What a module uses will go away. The kernel's own word, as in "workqueue:
	// work func f enqueued on deprecated workqueue. Use system_{percpu|dfl}_wq
	// instead." (kernel/workqueue.c of 7.3) and "m: ignoring obsolete section
	// __ksymtab_gpl" (kernel/module/main.c of 7.3).
	regexp.MustCompile(`\b(?:deprecated|obsolete)\b`),
	// A parameter that the module does not have (kernel/module/main.c,
	// unknown_module_param_cb): misspelt, most of the time.
	regexp.MustCompile(`: unknown parameter '.*' ignored$`),
	// It was linked without Module.symvers (kernel/module/version.c,
	// check_version): nothing checks whether its types are the kernel's.
	regexp.MustCompile(`: no symbol version for \S+$`),
}

// leastFinding is the level of notices; what is less urgent (info, debug) is not
// meant for anybody.
const leastFinding = 5

// Findings returns the lines by which a kernel remarks on something that works
// today, each once. It is no trouble, and no case fails for it.
func Findings(records []Record) []string {
	var found []string
	for _, r := range records {
		if r.Facility != 0 || r.Priority > leastFinding || slices.Contains(found, r.Text) {
			continue
		}
		if slices.ContainsFunc(findings, func(f *regexp.Regexp) bool { return f.MatchString(r.Text) }) {
			found = append(found, r.Text)
		}
	}
	return found
}
