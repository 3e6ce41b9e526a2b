// SPDX-License-Identifier: GPL-2.0-only

package leftover

import "regexp"

// comings are the names that come and go without any module's doing, each with
// the reason.
var comings = []*regexp.Regexp{
	// A task, of whoever runs.
	regexp.MustCompile(`^/proc/\d+$`),
	// Workers of workqueues are made when there is work. A rescuer belongs to one
	// workqueue, and stays for as long as that: "kworker/R-NAME" (format_worker_id
	// in kernel/workqueue.c), NAME alone on older kernels.
	regexp.MustCompile(`^kernel thread kworker/(?:u?\d|dying)`),
	// Terminals, of whoever opens one.
	regexp.MustCompile(`^/dev/pts/\d+$`),
}

// passing tells whether the name is of what comes and goes by itself.
func passing(name string) bool {
	for _, c := range comings {
		if c.MatchString(name) {
			return true
		}
	}
	return false
}
