// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/vmimages"
	"kmodlab/vmimages/vmimagestest"
)

// withVMs, in the environment, has the outputs made again that VMs are needed
// for. They take minutes, and the kernels of the test set.
const withVMs = "KMODLAB_TEST_DOCS"

// output is a block of what a command prints, behind its marker. The command is
// run by a shell, in a copy of the project. One made "on a VM" is left alone
// unless the environment asks for it.
var output = regexp.MustCompile("(?m)^<!-- made (on a VM )?by: (.+) -->\n\n?```[a-z]*\n((?s:.*?))^```\n")

// Every output, which is a fenced block without a language, is made by a command
// or says why it was seen but once.
func TestEveryOutputIsMade(t *testing.T) {
	for _, p := range pages(t) {
		if strings.HasPrefix(p.path, "kmod/") || strings.HasPrefix(p.text, "<!-- Made by ") {
			continue // what lessons print, their scripts prove; the ledger is made as a whole
		}
		fenced, before := false, ""
		for n, line := range strings.Split(p.text, "\n") {
			if strings.HasPrefix(line, "```") {
				fenced = !fenced
			}
			if fenced && line == "```" && !strings.HasPrefix(before, "<!-- made ") && !strings.HasPrefix(before, "<!-- seen once: ") {
				t.Errorf("%s:%d: an output of nothing; put <!-- made by: COMMAND --> in front of it", p.path, n+1)
			}
			if line != "" {
				before = line
			}
		}
	}
}

// What pages show of outputs is what commands print.
func TestOutputs(t *testing.T) {
	b := newCheckout(t, t.TempDir())
	b.env = append(b.env, "KMODLAB_CACHE="+t.TempDir())
	seen := 0
	for _, p := range pages(t) {
		if output.MatchString(p.text) {
			t.Run(p.path, func(t *testing.T) { seen += b.check(t, p, false) })
		}
	}
	if seen == 0 {
		t.Error("no page shows an output")
	}
}

// What pages show of runs is what runs print.
func TestOutputsOfRuns(t *testing.T) {
	if os.Getenv(withVMs) != "1" {
		t.Skipf("%s=1 runs the lessons that pages show", withVMs)
	}
	needVM(t)
	// A folder that stays the same, for the cache keeps what is half built by
	// its path.
	dir, err := filepath.Abs(filepath.Join(root, "out", "docs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	b := newCheckout(t, dir)
	for _, p := range pages(t) {
		if output.MatchString(p.text) {
			t.Run(p.path, func(t *testing.T) { b.check(t, p, true) })
		}
	}
}

// needVM skips the test where a VM of one of the test set's kernels cannot be had
// without a download or an installation.
func needVM(t *testing.T) {
	t.Helper()
	catalogue, err := vmimages.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range catalogue.Default() {
		vmimagestest.Kernel(t, s.Name)
	}
}

// check runs the page's commands, those that need a VM or the others, and
// returns how many there are.
func (b *checkout) check(t *testing.T, p page, onVM bool) int {
	t.Helper()
	seen := 0
	var diff string
	want := output.ReplaceAllStringFunc(p.text, func(block string) string {
		m := output.FindStringSubmatch(block)
		if onVM != (m[1] != "") {
			return block
		}
		seen++
		printed := b.run(t, m[2])
		d := cmp.Diff(strings.Split(steady(m[3]), "\n"), strings.Split(steady(printed), "\n"))
		if d == "" {
			return block
		}
		diff += m[2] + " (-shown +printed):\n" + d
		return strings.TrimSuffix(block, m[3]+"```\n") + printed + "```\n"
	})
	p.rewrite(t, want, diff)
	return seen
}

// steady returns text without what differs from one machine, day or boot to
// another.
func steady(text string) string {
	for _, v := range varying {
		text = v.what.ReplaceAllString(text, v.becomes)
	}
	return text
}

var varying = []struct {
	what    *regexp.Regexp
	becomes string
}{
	{regexp.MustCompile(`\d+\.\d+ ?s\b`), "TIME"},
	{regexp.MustCompile(`stuck for \d+s`), "stuck for TIME"},
	{regexp.MustCompile(`in \d+ looks over (\d+ s of the VM's own time), \d+ s by the clock`), "in LOOKS over $1, TIME by the clock"},
	{regexp.MustCompile(`PID: \d+|\[\w+:\d+\]`), "TASK"},
	{regexp.MustCompile(`\d+(\.\d+)? [kMG]?B\b`), "SIZE"},
	{regexp.MustCompile(`\d+\.\d+\.\d+[-+~.\w]*`), "RELEASE"},
	{regexp.MustCompile(`\+0x[0-9a-f]+(/0x[0-9a-f]+)?`), "+OFFSET"},
	{regexp.MustCompile(`\b(0x)?[0-9a-f]{16}\b`), "ADDRESS"},
	{regexp.MustCompile(`(?m) +(yes|no) +SIZE`), " CACHED SIZE"},
	{regexp.MustCompile(`(?m) {2,}`), "  "},
}

func TestSteady(t *testing.T) {
	for text, want := range map[string]string{
		"PASS on 6.12.118+deb13-cloud-amd64  (clone, 0.5 s)":            "PASS on RELEASE  (clone, TIME)",
		"6.12  trixie   yes     51.1 MB":                                "6.12  trixie CACHED SIZE",
		"in 67 looks over 30 s of the VM's own time, 54 s by the clock": "in LOOKS over 30 s of the VM's own time, TIME by the clock",
		"notifier_call_chain+0x5a/0x90":                                 "notifier_call_chain+OFFSET",
		"-register test_notifier1 completed":                            "-register test_notifier1 completed",
	} {
		if got := steady(text); got != want {
			t.Errorf("steady(%q) = %q; want %q", text, got, want)
		}
	}
}
