// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"fmt"
	"slices"

	"kmodlab/harness/internal/splat"
)

// The taint flags that are expected (Documentation/admin-guide/tainted-kernels.rst).
const (
	taintOfLessons = 1<<12 | 1<<13 // an out-of-tree and an unsigned module: every lesson
	taintOfLicence = 1 << 0        // a module says that it is not free: no trouble of the kernel's
	taintOfWarning = 1 << 9        // a WARNING, when the lesson is allowed one
	taintOfOops    = 1 << 7        // an Oops or a BUG, likewise (TAINT_DIE)
	taintOfTests   = 1 << 18       // KUnit ran (TAINT_TEST, since 6.0)
	taintOfLockup  = 1 << 14       // a soft lockup, when the guest only complained of being kept from running
)

// unexpected names the flags of mask that no lesson may set; left are those of
// the splats found that were not allowed.
func unexpected(mask uint64, found, left []splat.Splat) string {
	expected := uint64(taintOfLessons | taintOfLicence)
	if len(found) > len(left) {
		expected |= taintOfWarning
	}
	if slices.ContainsFunc(found, isOops) && !slices.ContainsFunc(left, isOops) {
		expected |= taintOfOops
	}
	if extra := mask &^ expected; extra != 0 {
		return fmt.Sprintf("%#x", extra)
	}
	return ""
}

func isOops(s splat.Splat) bool { return s.Kind == splat.Oops || s.Kind == splat.Bug }
