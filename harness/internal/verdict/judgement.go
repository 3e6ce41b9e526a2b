// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// Run is what is known when a run has ended, on one machine or on several that
// shared the work.
type Run struct {
	Records []Record              // what became of each case
	Plan    []Record              // what should have run, in the order in which it is told, without verdicts; nil where nobody knew beforehand
	Past    []Record              // what was known of these and of other cells
	Strict  bool                  // nothing may be remarked, as if each case had been run so
	Gone    map[string][]string   // by lesson/case, the series in which the script says that something went away; a case that is not in it may be unsupported anywhere
	Ledger  func([]Record) string // says in what the ledger of claims is not what judged records say; nil where it is not asked
}

// Judgement is what a run amounts to. Whoever tells of a run tells this.
type Judgement struct {
	Records []Record // one of each cell, in the order of the plan; what nobody ran is there, too
	Changes []Change // since the cells ran last
	Ledger  string   // what is wrong with the ledger of claims; "" when nothing is, or when it was not asked
}

// Judge judges a run as a whole: what a case says of a kernel depends on what
// it said of older ones. It starts from what each case said by itself, so that
// parts which were judged alone, in whatever way the work was divided, are
// judged together as if one machine had run all of them.
func (r Run) Judge() Judgement {
	records := alone(r.Records)
	if r.Strict {
		records = strict(records)
	}
	records = arrange(append(records, missing(records, r.Plan)...), r.Plan)
	j := Judgement{Records: regress(records, r.Gone)}
	j.Changes = changes(r.Past, j.Records)
	if r.Ledger != nil {
		j.Ledger = r.Ledger(j.Records)
	}
	return j
}

// alone returns the records as they are without the others, and without those
// of cells that nobody ran.
func alone(records []Record) []Record {
	var all []Record
	for _, r := range records {
		if r.Missing {
			continue
		}
		if r.Lost != nil {
			r.Verdict, r.Owner, r.Reason, r.Reproduce, r.Lost = Unsupported, string(Unsupported.Owner()), r.Lost.Reason, r.Lost.Reproduce, nil
		}
		all = append(all, r)
	}
	return all
}

// strict returns records, of which those that passed with findings are what they
// had been with -strict.
func strict(records []Record) []Record {
	for i, r := range records {
		if r.Verdict != Pass || len(r.Findings) == 0 {
			continue
		}
		f := Facts{Began: true, Finished: true, Answered: true, Findings: r.Findings, Strict: true}
		result := Judge(f)
		r.Verdict, r.Reason, r.Owner, r.Findings = result.Verdict, result.Reason, string(f.OwnerOf(result)), nil
		r.Reproduce += StrictFlag
		records[i] = r
	}
	return records
}

// StrictFlag ends a command that runs cases strictly.
const StrictFlag = " -strict"

// missing returns a record of each cell of plan that records do not have. It is
// told as what the harness could not run: it says nothing about the module.
func missing(records, plan []Record) []Record {
	have, release := map[string]bool{}, map[string]string{}
	for _, r := range records {
		have[r.ID()] = true
		release[r.Called()] = max(release[r.Called()], r.Kernel) // "" where the kernel could not be had
	}
	var all []Record
	for _, r := range plan {
		if have[r.ID()] {
			continue
		}
		r.Verdict, r.Owner, r.Reason, r.Missing = Infra, string(Infra.Owner()), "nobody ran it", true
		r.Kernel = release[r.Called()]
		all = append(all, r)
	}
	return all
}

// arrange sorts records as plan has them, and behind these, by their names,
// those that it does not have. Without a plan they stay as they are.
func arrange(records, plan []Record) []Record {
	if plan == nil {
		return records
	}
	at := map[string]int{}
	for i, r := range plan {
		at[r.ID()] = i - len(plan) // before 0, which is that of all others
	}
	slices.SortStableFunc(records, func(a, b Record) int {
		return cmp.Or(cmp.Compare(at[a.ID()], at[b.ID()]), cmp.Compare(a.ID(), b.ID()))
	})
	return records
}

// Missing returns the names of the cells that nobody ran.
func (j Judgement) Missing() []string {
	var names []string
	for _, r := range j.Records {
		if r.Missing {
			names = append(names, r.ID())
		}
	}
	return names
}

// Exit returns the exit status: 0 when all is well, 1 when a case failed or,
// though none did, the ledger is stale, 3 when cases are missing only because
// nobody ran them or the harness could not, or when there was no case at all.
func (j Judgement) Exit() int {
	passed, failed, skipped := j.count()
	unable := 0
	for _, r := range j.Records {
		if r.Verdict == Infra {
			unable++
		}
	}
	switch {
	case failed > unable:
		return fault.ExitFailed
	case unable > 0 || passed+skipped == 0:
		return fault.ExitHarness
	case j.Ledger != "":
		return fault.ExitFailed
	}
	return fault.ExitOK
}

// Sentence says what the exit status means; "" when all is well.
func (j Judgement) Sentence() string {
	_, failed, _ := j.count()
	missing := len(j.Missing())
	var words []string
	switch code := j.Exit(); {
	case len(j.Records) == 0:
		words = append(words, "no case ran")
	case code == fault.ExitFailed && failed == 0:
		words = append(words, "the cases passed, but the ledger of claims is stale")
	case code == fault.ExitFailed:
		words = append(words, "cases failed")
	case failed > missing:
		words = append(words, "cases could not be run")
	}
	if missing > 0 {
		words = append(words, fmt.Sprintf("%d of %d cases are missing", missing, len(j.Records)))
	}
	return strings.Join(words, ", ")
}

// count returns how many of the cases passed, failed and were skipped.
func (j Judgement) count() (passed, failed, skipped int) {
	for _, r := range j.Records {
		switch r.Verdict {
		case Pass:
			passed++
		case Unsupported:
			skipped++
		default:
			failed++
		}
	}
	return passed, failed, skipped
}

// Closing returns the last line of a run: "cases: 24 passed, 0 failed, 1
// skipped".
func (j Judgement) Closing() string {
	passed, failed, skipped := j.count()
	return fmt.Sprintf("cases: %d passed, %d failed, %d skipped", passed, failed, skipped)
}
