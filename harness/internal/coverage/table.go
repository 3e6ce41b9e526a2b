// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Table writes a line a file, of all kernels together: how many of its lines were
// run, which were not on any, and which of those a comment explains.
func (r *Run) Table(w io.Writer) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "file\tlines\trun\tnever run\texplained")
	merged := r.Merged()
	for _, path := range merged.Paths() {
		explained, rest := Explained(r.Sources[path], merged[path].Never())
		s := merged[path].Share()
		fmt.Fprintf(t, "%s\t%d\t%s\t%s\t%s\n", path, s.Lines, s, Ranges(rest), Ranges(explained))
	}
	s := merged.Share()
	fmt.Fprintf(t, "all\t%d\t%s\t\t\n", s.Lines, s)
	t.Flush()
	for line := range strings.Lines(b.String()) {
		if _, err := fmt.Fprintln(w, strings.TrimRight(line, " \n")); err != nil {
			return err
		}
	}
	return nil
}

// String returns the share in percent: "97.5 %". What is not all of it is never
// rounded up to that.
func (s Share) String() string {
	percent := s.Percent()
	if s.Run < s.Lines {
		percent = min(percent, 99.9)
	}
	return fmt.Sprintf("%.1f %%", percent)
}

// Ranges returns ranges as a person writes them: "12, 30-34".
func Ranges(ranges []Range) string {
	var words []string
	for _, r := range ranges {
		if r.From == r.To {
			words = append(words, fmt.Sprint(r.From))
			continue
		}
		words = append(words, fmt.Sprintf("%d-%d", r.From, r.To))
	}
	return strings.Join(words, ", ")
}
