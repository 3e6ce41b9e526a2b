// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Regress returns records in which a case that is unsupported on a kernel,
// although an older series of the same architecture and flavour has what it
// needs, is a failure: something went away, and nobody has said why. gone names,
// by lesson/case, the series in which the script says that something went; a
// loss is explained by one that lies behind the last series that had it.
//
// Which of two kernels of one series is the older one is not asked.
func Regress(records []Record, gone map[string][]string) []Record {
	judged := slices.Clone(records)
	for i, r := range judged {
		if r.Verdict != Unsupported {
			continue
		}
		had, ok := lastThatHad(records, r)
		if !ok || slices.ContainsFunc(gone[r.Lesson+"/"+r.Case], func(series string) bool {
			return compareSeries(had, series) < 0 && compareSeries(series, r.Series) <= 0
		}) {
			continue
		}
		judged[i].Verdict, judged[i].Owner = Fail, string(Fail.Owner())
		judged[i].Reason = fmt.Sprintf("%s, which %s has; if that is right, say since when and why in the script: # gone in %s: REASON", r.Reason, had, r.Series)
	}
	return judged
}

// lastThatHad returns the newest series before r's that has what r lacks: where
// the case ran, whatever became of it.
func lastThatHad(records []Record, r Record) (series string, ok bool) {
	for _, o := range records {
		same := o.Lesson == r.Lesson && o.Case == r.Case && o.Arch == r.Arch && o.Flavour == r.Flavour
		ran := o.Verdict != Unsupported && o.Verdict != Infra && o.Verdict != Build
		if same && ran && compareSeries(o.Series, r.Series) < 0 && (!ok || compareSeries(o.Series, series) > 0) {
			series, ok = o.Series, true
		}
	}
	return series, ok
}

// compareSeries orders series by their numbers: 6.2 comes before 6.12.
func compareSeries(a, b string) int {
	return slices.CompareFunc(strings.Split(a, "."), strings.Split(b, "."), func(x, y string) int {
		m, errX := strconv.Atoi(x)
		n, errY := strconv.Atoi(y)
		if errX != nil || errY != nil {
			return cmp.Compare(x, y)
		}
		return cmp.Compare(m, n)
	})
}
