// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"os"
	"slices"
	"strings"
	"testing"

	"kmodlab/internal/fault"
)

// The project's own magefile is what is asked.
func TestMisspelt(t *testing.T) {
	for line, want := range map[string]string{
		"":                                 "",
		"run":                              "",
		"run -kernel=6.12 -lesson=order":   "",
		"Run -Kernel=6.12":                 "",
		"run -update":                      "",
		"run -cover-min=80 -cover":         "",
		"run -covermin=80":                 "",
		"run -cover-mni=80":                `did you mean "cover-min"?`,
		"kernels":                          "",
		"kernels:list":                     "",
		"-lesson=order":                    "",
		"new my_chain":                     "",
		"new -odd":                         "",
		"run -kernel=6.12 watch":           "",
		"runn":                             `did you mean "run"?`,
		"wathc -lesson=order":              `did you mean "watch"?`,
		"kernel:list":                      `did you mean "kernels:list"?`,
		"run -lessn=order":                 `did you mean "lesson"?`,
		"run --kernl=6.12":                 `did you mean "kernel"?`,
		"run -kernel=6.12 shel":            `did you mean "shell"?`,
		"new my_chain -kernel=6.12":        "has no flags",
		"completely-different -kernel=6.1": "the targets are: ",
	} {
		err := Misspelt("../magefile.go", strings.Fields(line))
		switch {
		case want == "" && err != nil:
			t.Errorf("Misspelt(%q) = %v; want nil", line, err)
		case want != "" && (fault.Of(err) != fault.Usage || !strings.Contains(err.Error(), want)):
			t.Errorf("Misspelt(%q) = %v; want an error of usage with %q", line, err, want)
		}
	}
	if err := Misspelt("no-such-file.go", []string{"runn"}); err != nil {
		t.Errorf("Misspelt() without a magefile = %v; want nil", err)
	}
}

// A flag of two words is one that mage knows.
func TestUndashed(t *testing.T) {
	for line, want := range map[string]string{
		"run -cover-min=80 --cover -run=^a-b$ lint-x": "run -covermin=80 -cover -run=^a-b$ lint-x",
		"explain -":   "explain -",
		"test -a-b c": "test -ab c",
	} {
		if got := strings.Join(Undashed(strings.Fields(line)), " "); got != want {
			t.Errorf("Undashed(%q) = %q; want %q", line, got, want)
		}
	}
	text, err := os.ReadFile("../magefile.go")
	if err != nil {
		t.Fatal(err)
	}
	targets, err := Targets(text)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range targets {
		if target.Name == "run" && !slices.Contains(target.flagNames(), "cover-min") {
			t.Errorf("the flags of run: %q; want cover-min among them", target.flagNames())
		}
	}
}
