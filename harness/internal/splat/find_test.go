// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/klog"
)

var update = flag.Bool("update", false, "write what was found into the headers of testdata/splats")

// corpusLog is a file of testdata/splats: "KEY: value" lines, an empty line,
// and a console log as it came from the serial port. SOURCE says where the log
// is from; KIND, TITLE, MODULE and LINES, once per splat, are what is expected
// of it and are written by -update.
type corpusLog struct {
	source string
	header string // all but SOURCE
	body   []byte
}

func readCorpus(t *testing.T, path string) corpusLog {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, body, ok := bytes.Cut(text, []byte("\n\n"))
	source, header, _ := strings.Cut(string(head), "\n")
	if !ok || !strings.HasPrefix(source, "SOURCE: ") {
		t.Fatalf("%s: want a line SOURCE:, further headers, an empty line and a log", path)
	}
	return corpusLog{source, header, body}
}

// find returns the splats of the log.
func (c corpusLog) find() []Splat { return find(string(c.body)) }

// find returns the splats of a console's log.
func find(log string) []Splat { return slices.Collect(Find(klog.Text(log))) }

// values returns what the header's lines with key hold.
func (c corpusLog) values(key string) []string {
	var all []string
	for line := range strings.SplitSeq(c.header, "\n") {
		if value, ok := strings.CutPrefix(line, key); ok {
			all = append(all, value)
		}
	}
	return all
}

func describe(splats []Splat) string {
	var all []string
	for _, s := range splats {
		all = append(all, fmt.Sprintf("KIND: %s\nTITLE: %s\nMODULE: %s\nLINES: %d-%d", s.Kind, s.Title, s.Module, s.First, s.Last))
	}
	return strings.Join(all, "\n")
}

func corpus(t *testing.T, pattern string, atLeast int) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", pattern))
	if err != nil || len(files) < atLeast {
		t.Fatalf("testdata/%s: %d logs, %v; want at least %d", pattern, len(files), err, atLeast)
	}
	return files
}

func TestFind(t *testing.T) {
	for _, path := range corpus(t, "splats/*.txt", 80) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			log := readCorpus(t, path)
			got := describe(log.find())
			if *update {
				text := log.source + "\n" + got + "\n\n" + string(log.body)
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got == "" {
				t.Errorf("Find(%s) = none; want at least one", path)
			}
			if diff := cmp.Diff(log.header, got); diff != "" {
				t.Errorf("Find(%s): (-want +got)\n%s", path, diff)
			}
		})
	}
}

// TestIn feeds the same logs as the agent sees them: without
// timestamps, and without what user space wrote to the console.
func TestIn(t *testing.T) {
	for _, path := range corpus(t, "splats/*.txt", 80) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			log := readCorpus(t, path)
			var lines []string
			for line, err := range klog.Lines(bytes.NewReader(log.body)) {
				if err != nil {
					t.Fatal(err)
				}
				if line.Stamped {
					lines = append(lines, line.Text)
				}
			}
			var got []string
			for _, s := range In(lines) {
				got = append(got, s.Title)
			}
			want := log.values("TITLE: ")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("titles of %s without timestamps: (-want +got)\n%s", path, diff)
			}
		})
	}
}

// TestCleanBoots holds what must not be taken for trouble: whole boots of the
// kernels, each with a module that refuses to load.
func TestCleanBoots(t *testing.T) {
	for _, path := range corpus(t, "clean/*.txt", 4) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			log := readCorpus(t, path)
			if n := bytes.Count(log.body, []byte("\n")); n < 250 {
				t.Errorf("%s has %d lines; want a whole boot", path, n)
			}
			if got := log.find(); len(got) > 0 {
				t.Errorf("Find(%s) = %s; want none", path, describe(got))
			}
		})
	}
}

func TestNone(t *testing.T) {
	for _, line := range []string{
		"",
		"Spectre V2 : WARNING: Unprivileged eBPF is enabled with eIBRS on, data leaks possible via Spectre v2 BHB attacks!",
		"RETBleed: WARNING: Spectre v2 mitigation leaves CPU vulnerable to RETBleed attacks, data leaks possible!",
		"clocksource: timekeeping watchdog on CPU0: Marking clocksource 'tsc' as unstable because the skew is too large:",
		"x86/cpu: SGX disabled or unsupported by BIOS.",
		"regchain: WARNING: this is the module's own opinion",
		"notify: BUG: not the kernel's",
		"debug: panic and oops are only words here",
		"Error: Driver 'pcspkr' is already registered, aborting...",
		"traps: busybox[93] general protection fault ip:401000 sp:7ffc error:0 in busybox[400000+1000]",
		"busybox[93]: segfault at 0 ip 0000000000401000 sp 00007ffc error 4 in busybox[400000+1000]",
		"rcu: Hierarchical RCU implementation.",
		"rcu: RCU calculated value of scheduler-enlistment delay is 25 jiffies.",
		"kfence: initialized - using 2097152 bytes for 255 objects at 0x0000000000000000-0x0000000000000000",
		"Kernel command line: panic=-1 softlockup_panic=0 oops=panic",
		"fault_x: loading out-of-tree module taints kernel.",
		"fault_x: module verification failed: signature and/or required key missing - tainting kernel",
		"------------[ cut here ]------------",
		// Since 7.1 this is a line and no more: the script's transcript has it.
		"fault_positive: init suspiciously returned 1, it should follow 0/-E convention",
	} {
		for _, stamp := range []string{"", "[    4.984829] "} {
			if got := find(stamp + line); len(got) > 0 {
				t.Errorf("Find(%q) = %s; want none", stamp+line, describe(got))
			}
		}
	}
}

// TestFirstLine holds how a report's first line may come.
func TestFirstLine(t *testing.T) {
	const want = "NULL pointer dereference"
	for name, line := range map[string]string{
		"a record":                     "BUG: kernel NULL pointer dereference, address: 0000000000000008",
		"a console line":               "[    5.480800] BUG: kernel NULL pointer dereference, address: 0000000000000008\r",
		"with the caller":              "[    5.480800][  T122] BUG: kernel NULL pointer dereference, address: 0000000000000008",
		"with the level":               "<1>[    5.480800] BUG: kernel NULL pointer dereference, address: 0000000000000008",
		"behind what user space wrote": "init: insmod[    5.480800] BUG: kernel NULL pointer dereference, address: 0000000000000008",
	} {
		t.Run(name, func(t *testing.T) {
			before := "[    0.100000] before\n"
			if name == "a record" {
				before = "before\n" // a log with stamps has none without
			}
			got := find(before + line + "\nafter")
			if len(got) != 1 || got[0].Title != want || got[0].Kind != Oops || got[0].First != 2 || got[0].Last != 2 {
				t.Errorf("In(%q) = %+v; want one %s in line 2", line, got, want)
			}
		})
	}
}

// TestApart holds where one report ends and the next begins.
func TestApart(t *testing.T) {
	warning := []string{"------------[ cut here ]------------", "WARNING: CPU: 0 PID: 1 at m.c:1 f+0x1/0x2 [m]", "---[ end trace 0000000000000000 ]---"}
	other := slices.Repeat([]string{"m: something else"}, idle+1)
	for name, tt := range map[string]struct {
		lines []string
		want  []string
	}{
		"two in a row":                 {slices.Concat(warning, warning), []string{"WARNING in f [m]", "WARNING in f [m]"}},
		"a panic ends an Oops":         {[]string{"Oops: 0002 [#1] SMP", "RIP: 0010:f+0x1/0x2 [m]", "Kernel panic - not syncing: Fatal exception"}, []string{"Oops in f [m]", "Kernel panic: Fatal exception"}},
		"a frame far off is not of it": {slices.Concat([]string{"BUG: scheduling while atomic: insmod/1/0x0"}, other, []string{"f+0x1/0x2 [m]"}), []string{"scheduling while atomic"}},
		"a frame near by is":           {[]string{"BUG: scheduling while atomic: insmod/1/0x0", "m: something else", "f+0x1/0x2 [m]"}, []string{"scheduling while atomic in f [m]"}},
		"cut here, and nothing":        {append([]string{warning[0]}, other...), nil},
		"a list, then its BUG":         {[]string{"list_add corruption. prev->next should be next", warning[0], "kernel BUG at lib/list_debug.c:29!", "invalid opcode: 0000 [#1] SMP", "RIP: 0010:__list_add_valid+0x1/0x2", "f+0x1/0x2 [m]"}, []string{"list_add corruption in f [m]"}},
		"the message of a WARN()":      {[]string{warning[0], "m: number 1", warning[1]}, []string{"WARNING in f [m]: m: number 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, s := range In(tt.lines) {
				got = append(got, s.Title)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("In(%q): (-want +got)\n%s", tt.lines, diff)
			}
		})
	}
}

// TestKindsAreInTheCorpus fails when a kind of trouble has no log.
func TestKindsAreInTheCorpus(t *testing.T) {
	seen := map[Kind]bool{}
	for _, path := range corpus(t, "splats/*.txt", 80) {
		for _, kind := range readCorpus(t, path).values("KIND: ") {
			seen[Kind(kind)] = true
		}
	}
	for _, kind := range []Kind{Panic, Oops, Bug, Warning, Lockup, Deadlock, Sanitizer, Memory, Taint} {
		if !seen[kind] {
			t.Errorf("no log of testdata/splats has a splat of kind %s", kind)
		}
	}
}

// FuzzFind checks that splats lie within the log, in order and apart.
func FuzzFind(f *testing.F) {
	files, err := filepath.Glob("testdata/splats/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range files {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		if len(text) < 5000 { // the big ones only make it slow
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines, next := strings.Split(text, "\n"), 0
		for _, s := range In(lines) {
			if s.First < next || s.Last < s.First || s.Last >= len(lines) || s.Title == "" || len(s.Lines) > len(lines) {
				t.Fatalf("In(%q) has %+v; want it within the log and behind line %d", text, s, next)
			}
			if s.Module != "" && !slices.ContainsFunc(s.Lines, func(l string) bool { return strings.Contains(l, "["+s.Module) }) {
				t.Fatalf("In(%q) names the module %q; want one of the report", text, s.Module)
			}
			next = s.Last + 1
		}
	})
}
