// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Loss is something that an older series has and a kernel lacks, although no
// script says that it went away; and what the case said by itself.
type Loss struct {
	Had       string `json:"had"`       // the newest older series that has it
	Reason    string `json:"reason"`    // why the case is unsupported
	Reproduce string `json:"reproduce"` // the command that runs it on this kernel alone
}

// regress returns records in which a case that is unsupported on a kernel,
// although an older series of the same architecture and flavour has what it
// needs, is a failure: something went away, and nobody has said why. gone names,
// by lesson/case, the series in which the script says that something went; a
// loss is explained by one that lies behind the last series that had it. A case
// that gone does not have is passed over: nobody could say there what went.
//
// Which of two kernels of one series is the older one is not asked.
func regress(records []Record, gone map[string][]string) []Record {
	judged := slices.Clone(records)
	for i, r := range judged {
		series, ruled := gone[r.Lesson+"/"+r.Case]
		if r.Verdict != Unsupported || !ruled {
			continue
		}
		older, ok := lastThatHad(records, r)
		if !ok || slices.ContainsFunc(series, func(s string) bool {
			return compareSeries(older.Series, s) < 0 && compareSeries(s, r.Series) <= 0
		}) {
			continue
		}
		r.Lost = &Loss{older.Series, r.Reason, r.Reproduce}
		r.Verdict, r.Owner = Fail, string(Fail.Owner())
		r.Reason = fmt.Sprintf("%s, which %s has; if that is right, say since when and why in the script: # gone in %s: REASON", r.Reason, older.Series, r.Series)
		r.Reproduce = onBoth(older.Reproduce, r.Reproduce)
		judged[i] = r
	}
	return judged
}

// lastThatHad returns the record of the newest series before r's that has what
// r lacks: where the case ran, whatever became of it.
func lastThatHad(records []Record, r Record) (last Record, ok bool) {
	for _, o := range records {
		if had(o, r) && compareSeries(o.Series, r.Series) < 0 && (!ok || compareSeries(o.Series, last.Series) > 0) {
			last, ok = o, true
		}
	}
	return last, ok
}

// had tells whether o is the case of r where it ran, on a kernel of the same
// kind.
func had(o, r Record) bool {
	ran := o.Verdict != Unsupported && o.Verdict != Infra && o.Verdict != Build
	return ran && o.Lesson == r.Lesson && o.Case == r.Case && o.Arch == r.Arch && o.Flavour == r.Flavour && o.Args == r.Args
}

var kernelFlag = regexp.MustCompile(`-kernel=([-+.~\w]+)`)

// onBoth returns the command newer, with the kernel of older before its own:
// one kernel alone does not show that something went away. It stays as it is
// where the flags of either name no kernel, as for one of the user's own.
func onBoth(older, newer string) string {
	first, second := kernelFlag.FindStringSubmatch(older), kernelFlag.FindString(newer)
	if first == nil || second == "" {
		return newer
	}
	return strings.Replace(newer, "-kernel=", "-kernel="+first[1]+",", 1)
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
