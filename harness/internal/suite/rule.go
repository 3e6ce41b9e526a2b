// SPDX-License-Identifier: GPL-2.0-only

package suite

import (
	"context"
	_ "embed"
	"fmt"
	"os/exec"
	"regexp"
	"slices"

	"github.com/BurntSushi/toml"
)

// RulesFile is where the rules of this project are, in its folder.
const RulesFile = "harness/internal/suite/skips.toml"

//go:embed skips.toml
var rulesText string

// Rule allows tests to be skipped.
type Rule struct {
	Test   string // expression for the whole ID of a test: "harness/internal/vm TestClockJumps"
	Says   string // expression for a part of the reason that the test gives
	Why    string // why that is no loss
	Unless string // a shell command: where it succeeds, there is no excuse; "" when there always is one

	test, says *regexp.Regexp
}

// Rules returns the rules of this project.
func Rules() ([]Rule, error) { return parse(rulesText) }

func parse(text string) ([]Rule, error) {
	var file struct{ Skip []Rule }
	m, err := toml.Decode(text, &file)
	if err == nil && len(m.Undecoded()) > 0 {
		err = fmt.Errorf("what is %v?", m.Undecoded())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", RulesFile, err)
	}
	return Checked(file.Skip)
}

// Checked returns the rules, ready to be used.
func Checked(rules []Rule) ([]Rule, error) {
	rules = slices.Clone(rules)
	for i := range rules {
		r := &rules[i]
		if r.Test == "" || r.Says == "" || r.Why == "" {
			return nil, fmt.Errorf("%s: a rule needs test, says and why: %+v", RulesFile, *r)
		}
		var err error
		if r.test, err = regexp.Compile("^(?:" + r.Test + ")$"); err == nil {
			r.says, err = regexp.Compile(r.Says)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", RulesFile, err)
		}
	}
	return rules, nil
}

func (r *Rule) matches(t *Test) bool {
	return r.test.MatchString(t.ID()) && r.says.MatchString(t.Reason())
}

// named tells whether a test is called as the rule says.
func (r *Rule) named(result *Result) bool {
	all := result.tests(func(Outcome) bool { return true })
	return slices.ContainsFunc(all, func(t *Test) bool { return r.test.MatchString(t.ID()) })
}

// Judgement sorts the tests that were skipped.
type Judgement struct {
	Allowed    []Skip
	Unexpected []Skip
	Idle       []Rule // rules that no test is called by, or that would hold here and that nothing needed
}

// Skip is a test that was skipped.
type Skip struct {
	*Test
	Note string // why that is no loss, or why it is one
}

// Judge says which of the skipped tests in result the rules allow on this
// machine. The commands of the rules run in dir.
func Judge(ctx context.Context, rules []Rule, dir string, result *Result) Judgement {
	var j Judgement
	refuted := refutations(ctx, rules, dir)
	used := make([]bool, len(rules))
	for _, t := range result.Skipped() {
		s := Skip{t, "no rule in " + RulesFile + " allows it"}
		allowed := false
		for i := range rules {
			if !rules[i].matches(t) {
				continue
			}
			if refuted[i] {
				s.Note = "it has no excuse here: " + rules[i].Unless
				continue
			}
			s.Note, allowed, used[i] = rules[i].Why, true, true
			break
		}
		if allowed {
			j.Allowed = append(j.Allowed, s)
		} else {
			j.Unexpected = append(j.Unexpected, s)
		}
	}
	for i, r := range rules {
		if !used[i] && (!refuted[i] || !r.named(result)) {
			j.Idle = append(j.Idle, r)
		}
	}
	return j
}

// refutations tells of each rule whether its excuse does not hold here.
func refutations(ctx context.Context, rules []Rule, dir string) []bool {
	refuted := make([]bool, len(rules))
	for i, r := range rules {
		if r.Unless == "" {
			continue
		}
		cmd := exec.CommandContext(ctx, "sh", "-c", r.Unless)
		cmd.Dir = dir
		refuted[i] = cmd.Run() == nil
	}
	return refuted
}
