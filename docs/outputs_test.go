// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/cache"
	"kmodlab/harness/vm"
	"kmodlab/vmimages"
	"kmodlab/vmimages/debian"
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
	b := newBench(t, t.TempDir())
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
	b := newBench(t, dir)
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
	if _, err := vm.FindQEMU(t.Context(), "amd64"); err != nil {
		t.Skipf("no VM: %v", err)
	}
	c, err := cache.Open()
	if err != nil {
		t.Skipf("no cache: %v", err)
	}
	catalogue, err := vmimages.Load()
	if err != nil {
		t.Fatal(err)
	}
	lock, err := vmimages.LoadLock()
	if err != nil {
		t.Fatal(err)
	}
	listed, err := debian.New(c, catalogue, lock, debian.Options{}).List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	cached := map[string]bool{}
	for _, row := range listed {
		cached[row.Name] = row.Cached
	}
	for _, s := range catalogue.Default() {
		if !cached[s.Name] {
			t.Skipf("kernel %s is not in the cache; go tool mage test fetches it", s.Name)
		}
	}
}

// bench is a copy of the project that commands can be run in.
type bench struct {
	dir string
	env []string
}

// newBench copies the project to dir and has "go tool mage" mean the magefile as
// it is now.
func newBench(t *testing.T, dir string) *bench {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git: it tells which files are the project's")
	}
	bin := t.TempDir()
	mage := filepath.Join(bin, "mage")
	compile := exec.CommandContext(t.Context(), "go", "tool", "mage", "-compile", mage)
	compile.Dir = root
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("go tool mage -compile: %v\n%s", err, out)
	}
	realGo, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	shim := fmt.Sprintf("#!/bin/sh\ncase \"$1 $2\" in \"tool mage\") shift 2; exec %q \"$@\";; esac\nexec %q \"$@\"\n", mage, realGo)
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte(shim), 0o755); err != nil {
		t.Fatal(err)
	}
	b := &bench{dir: dir, env: append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "CI=1", "GITHUB_ACTIONS=")}
	b.must(t, fmt.Sprintf("rm -rf %[1]q && mkdir -p %[1]q && git ls-files -z | xargs -0 cp --parents -t %[1]q", dir))
	return b
}

// must runs a command in the project's folder.
func (b *bench) must(t *testing.T, command string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", command, err, out)
	}
}

// check runs the page's commands, those that need a VM or the others, and
// returns how many there are.
func (b *bench) check(t *testing.T, p page, onVM bool) int {
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
		d := cmp.Diff(steady(m[3]), steady(printed))
		if d == "" {
			return block
		}
		diff += m[2] + " (-shown +printed):\n" + d
		return strings.TrimSuffix(block, m[3]+"```\n") + printed + "```\n"
	})
	p.rewrite(t, want, diff)
	return seen
}

// shownFaults are the modules among the faults that pages show at work.
var shownFaults = []string{"enodev", "chain", "callback_oops", "loop", "panic"}

// run returns what the command prints. Lessons that the command before changed
// are as they were, and the modules that fail are one more. How the command ends
// is not looked at: many show what failure looks like.
func (b *bench) run(t *testing.T, command string) string {
	t.Helper()
	b.must(t, fmt.Sprintf("cd %q && rm -rf kmod out && cd - && git ls-files -z kmod | xargs -0 cp --parents -t %[1]q", b.dir))
	b.must(t, fmt.Sprintf("cd %q && mkdir kmod/faults && cp harness/testdata/faults/fault.h harness/testdata/faults/cases/*.txtar kmod/faults", b.dir))
	for _, name := range shownFaults {
		b.must(t, fmt.Sprintf("cd %q && cp harness/testdata/faults/fault_%[2]s.c kmod/faults && echo 'obj-m += fault_%[2]s.o' >>kmod/faults/Kbuild", b.dir, name))
	}
	var out, complaint bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "sh", "-c", command)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = b.dir, b.env, &out, &complaint
	if err := cmd.Run(); out.Len() == 0 {
		t.Errorf("%s: printed nothing (%v)\n%s", command, err, complaint.String())
	}
	return strings.ReplaceAll(strings.TrimLeft(out.String(), "\n"), b.dir, "...")
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
		"PASS on 6.12.118+deb13-cloud-amd64  (clone, 0.5 s)": "PASS on RELEASE  (clone, TIME)",
		"6.12  trixie   yes     51.1 MB":                     "6.12  trixie CACHED SIZE",
		"notifier_call_chain+0x5a/0x90":                      "notifier_call_chain+OFFSET",
		"-register test_notifier1 completed":                 "-register test_notifier1 completed",
	} {
		if got := steady(text); got != want {
			t.Errorf("steady(%q) = %q; want %q", text, got, want)
		}
	}
}
