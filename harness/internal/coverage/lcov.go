// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"bufio"
	"fmt"
	"io"
)

// LCOV writes files in lcov's format (geninfo(1)), which genhtml, editors and CI
// systems read.
func (f Files) LCOV(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "TN:")
	for _, path := range f.Paths() {
		lines := f[path]
		fmt.Fprintf(b, "SF:%s\n", path)
		for _, n := range lines.numbers() {
			fmt.Fprintf(b, "DA:%d,%d\n", n, lines[n].Hits)
		}
		s := lines.Share()
		fmt.Fprintf(b, "LF:%d\nLH:%d\nend_of_record\n", s.Lines, s.Run)
	}
	return b.Flush()
}
