// SPDX-License-Identifier: GPL-2.0-only

// Package claims keeps the ledger: what has been claimed, and what running
// kernels say to it.
//
// A script says which claim it settles, and how, in a comment directly above
// the step that proves it:
//
//	# claim C2 refuted
//	insmod order
//	dmesg calls.log
//
// The verdict counts on a kernel where the case passed there; the proof is the
// log that the step was compared with.
package claims

import (
	"bufio"
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/rogpeppe/go-internal/txtar"

	"kmodlab/harness/internal/lesson"
	"kmodlab/internal/fault"
)

//go:embed claims.toml
var listText string

// Claim is something that was claimed.
type Claim struct {
	ID   string // "C12"
	Text string
}

// List returns the claims in the order of their numbers.
func List() ([]Claim, error) {
	var file struct{ Claim map[string]string }
	if _, err := toml.Decode(listText, &file); err != nil {
		return nil, fmt.Errorf("claims.toml: %w", err)
	}
	var list []Claim
	for id, text := range file.Claim {
		list = append(list, Claim{id, text})
	}
	slices.SortFunc(list, func(a, b Claim) int { return number(a.ID) - number(b.ID) })
	return list, nil
}

func number(id string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(id, "C"))
	return n
}

// Settlement is a script's word on a claim.
type Settlement struct {
	Claim   string // "C12"
	Verdict string // "holds", "refuted", "unsupported", "changed in 5.17"
	Remark  string // what the script says besides; may be empty
	Case    lesson.Case
	Proofs  []Proof // what kernels printed
}

// Proof is a section that the proving step was compared with, on some kernels.
type Proof struct {
	Section string
	Lines   []string
}

var claimLine = regexp.MustCompile(`^# claim (C\d+) (holds|refuted|unsupported|changed in \d+\.\d+)(?:[,;:]? (.*))?$`)

// Read returns what the case's script says about claims. A claim line that
// cannot be understood is a [fault.Error] with file and line.
func Read(c lesson.Case) ([]Settlement, error) {
	archive, err := txtar.ParseFile(c.Script)
	if err != nil {
		return nil, err
	}
	sections := map[string][]string{}
	for _, f := range archive.Files {
		sections[f.Name] = strings.Split(strings.TrimRight(string(f.Data), "\n"), "\n")
	}
	var done, open []Settlement
	proving := false // a dmesg after the claim has been seen
	sc := bufio.NewScanner(strings.NewReader(string(archive.Comment)))
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		words := command(line)
		isLog := len(words) > 0 && words[0] == "dmesg"
		if proving && !isLog && line != "" {
			done, open, proving = append(done, open...), nil, false
		}
		switch {
		case strings.HasPrefix(line, "# claim"):
			m := claimLine.FindStringSubmatch(line)
			if m == nil {
				return nil, &fault.Error{Owner: fault.Module, What: "this is no claim line", Where: fmt.Sprintf("%s:%d", c.Script, n),
					Hint: "write: # claim C1 holds|refuted|unsupported|changed in X.Y [remark]"}
			}
			open = append(open, Settlement{Claim: m[1], Verdict: m[2], Remark: m[3], Case: c})
		case isLog && len(open) > 0:
			proving = true
			for i := range open {
				if len(words) > 1 {
					open[i].Proofs = append(open[i].Proofs, Proof{words[1], sections[words[1]]})
				}
			}
		}
	}
	return append(done, open...), sc.Err()
}

// command returns the words of a script line, without its conditions.
func command(line string) []string {
	words := strings.Fields(line)
	for len(words) > 0 && strings.HasPrefix(words[0], "[") && strings.HasSuffix(words[0], "]") {
		words = words[1:]
	}
	return words
}
