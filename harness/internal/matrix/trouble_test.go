// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/splat"
	"kmodlab/harness/internal/verdict"
)

func TestShow(t *testing.T) {
	root := t.TempDir()
	file := filepath.Join(root, "kmod", "notify", "notify.c")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("first\n\tsecond();\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &Runner{Root: root, Kmod: filepath.Join(root, "kmod")}
	for name, tt := range map[string]struct {
		file      string
		line      int
		name, say string
	}{
		"where it was staged":      {"/cache/stage/0123/notify/notify.c", 2, "kmod/notify/notify.c", "\tsecond();"},
		"relative to the stage":    {"notify/notify.c", 1, "kmod/notify/notify.c", "first"},
		"a line that is not there": {"notify/notify.c", 9, "kmod/notify/notify.c", ""},
		"a header of the kernel":   {"/usr/src/headers/include/linux/notifier.h", 3, "/usr/src/headers/include/linux/notifier.h", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if file, text := r.show(tt.file, tt.line); file != tt.name || text != tt.say {
				t.Errorf("show(%s, %d) = %q, %q; want %q, %q", tt.file, tt.line, file, text, tt.name, tt.say)
			}
		})
	}
}

// A report that the log and the console have alike is told once, and a stack
// stays as it is where no module is known.
func TestTell(t *testing.T) {
	s := splat.In([]string{"WARNING: CPU: 0 PID: 1 at f+0x1/0x2 [m]", "RAX: 0000000000000000 RBX: 0000000000000000 RCX: 0000000000000000", "Call Trace:", " g+0x3/0x4"})
	record := verdict.Record{Stack: "f+0x1/0x2 [m]\ng+0x3/0x4"}
	(&Runner{}).tell(&record, &Target{modules: &kbuild.Modules{}}, append(s, s...))
	if want := "WARNING: CPU: 0 PID: 1 at f+0x1/0x2 [m]\nCall Trace:\ng+0x3/0x4\n"; record.Trouble != want {
		t.Errorf("trouble = %q; want %q", record.Trouble, want)
	}
	if want := "f+0x1/0x2 [m]\ng+0x3/0x4"; record.Stack != want {
		t.Errorf("stack = %q; want %q", record.Stack, want)
	}
}

func TestClip(t *testing.T) {
	long := strings.Repeat("a line of a log\n", 10000)
	if got := clip(long); len(got) > 70000 || !strings.HasSuffix(got, "a log\n... more is in the log\n") {
		t.Errorf("clip() left %d bytes ending in %q; want whole lines and a note", len(got), got[len(got)-40:])
	}
	if got := clip("short\n"); got != "short\n" {
		t.Errorf("clip(short) = %q", got)
	}
}

func TestStepsAndMessages(t *testing.T) {
	got := steps([]lesson.Taken{{Text: "a", Compared: true}, {Text: "b", Expected: "x", Got: "y", Compared: true}, {Text: "c"}})
	want := []verdict.Step{{Text: "a", Compared: true, Equal: true}, {Text: "b", Expected: "x", Got: "y", Compared: true}, {Text: "c"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("steps(): (-want +got)\n%s", diff)
	}
	r := &Runner{Root: "/p"}
	messages := r.messages(&kbuild.Error{Messages: []kbuild.Message{{File: "/p/kmod/a/a.c", Line: 3, Text: "error: x"}, {File: "/elsewhere/b.c", Text: "y"}}})
	if diff := cmp.Diff([]verdict.Message{{File: "kmod/a/a.c", Line: 3, Text: "error: x"}, {File: "/elsewhere/b.c", Text: "y"}}, messages); diff != "" {
		t.Errorf("messages(): (-want +got)\n%s", diff)
	}
	if got := r.messages(nil); got != nil {
		t.Errorf("messages(nil) = %v; want none", got)
	}
}

func TestPlaceless(t *testing.T) {
	for root, want := range map[string]string{
		"/home/a/lab": "kmod/order/order.c:45: error: in /home/a/laboratory",
		"":            "/home/a/lab/kmod/order/order.c:45: error: in /home/a/laboratory",
	} {
		r := &Runner{Root: root}
		if got := r.placeless("/home/a/lab/kmod/order/order.c:45: error: in /home/a/laboratory"); got != want {
			t.Errorf("placeless() below %q = %q; want %q", root, got, want)
		}
	}
}

// A watchdog that complains again and again is heard once: how often depends on
// how long the machine took. Of two places it is heard twice.
func TestLockupIsToldOnce(t *testing.T) {
	lockup := func(seconds int, place string) splat.Splat {
		return splat.Splat{Kind: splat.Lockup, Title: "soft lockup in " + place, Lines: []string{fmt.Sprintf("watchdog: BUG: soft lockup - CPU#0 stuck for %ds! [insmod:77]", seconds), "RIP: 0010:" + place + "+0x12/0xff0 [x]"}}
	}
	var record verdict.Record
	(&Runner{}).tell(&record, &Target{modules: &kbuild.Modules{}}, []splat.Splat{lockup(26, "a"), lockup(52, "a"), lockup(78, "b"), lockup(104, "a")})
	if got := strings.Count(record.Trouble, "soft lockup"); got != 2 || !strings.Contains(record.Trouble, "26s") || !strings.Contains(record.Trouble, "78s") {
		t.Errorf("the kernel reported\n%s\nwant the first lockup in each place", record.Trouble)
	}
}

func TestStrangers(t *testing.T) {
	got := strangers([]splat.Splat{
		{Title: "a", Module: "m", Trace: []string{"f"}},
		{Title: "b", Trace: []string{"g"}},
		{Title: "b", Trace: []string{"g"}},
		{Title: "c"},
		{Title: "d", Trace: []string{"g"}, Follows: true},
	})
	if len(got) != 1 || !strings.Contains(got[0], `"b"`) {
		t.Errorf("strangers() = %q; want one note, on b", got)
	}
}
