// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"iter"
	"strings"
)

// Text returns the lines of a log that is in memory, as [Lines] does.
func Text(log string) iter.Seq[Line] {
	return func(yield func(Line) bool) {
		for line, err := range Lines(strings.NewReader(log)) {
			if err != nil || !yield(line) { // a string has no errors
				return
			}
		}
	}
}
