// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files of the forms anew")

// read returns all lines of a log.
func read(t testing.TB, log io.Reader) []Line {
	t.Helper()
	var all []Line
	for l, err := range Lines(log) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

// show writes lines as golden files have them.
func show(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		at, who := "-", "kernel"
		if l.Stamped {
			at = l.Time.String()
		}
		if l.Other {
			who = "other"
		}
		fmt.Fprintf(&b, "%d %s %d %s%s|%s\n", l.N, at, l.Level, who, strings.TrimSuffix(" "+l.Caller, " "), l.Text)
	}
	return b.String()
}

// The files of testdata/forms hold one oops. What their names begin with wrote
// them: dmesg of util-linux 2.38 (dmesg -F) and journalctl of systemd 252 of a
// journal of these records; dmesg-json, -caller and -raw are by the sources of
// util-linux 2.42, the console's by kernel/printk/printk.c.
func formFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/forms/*.log")
	if err != nil || len(files) < 50 {
		t.Fatalf("%d forms, %v; want 50 and more", len(files), err)
	}
	return files
}

func TestEveryFormSaysTheSame(t *testing.T) {
	oops, err := os.ReadFile("testdata/oops.txt")
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Split(strings.TrimSuffix(string(oops), "\n"), "\n")
	for _, file := range formFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".log"), func(t *testing.T) {
			log, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			lines := read(t, bytes.NewReader(log))
			var got []string
			for _, l := range lines {
				if !l.Other {
					got = append(got, l.Text)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the kernel's lines (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(lines, read(t, iotest.OneByteReader(bytes.NewReader(log)))); diff != "" {
				t.Errorf("byte by byte it says something else (-at once +byte by byte)\n%s", diff)
			}
		})
	}
}

func TestFormsGolden(t *testing.T) {
	for _, file := range formFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".log"), func(t *testing.T) {
			log, err := os.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			got := show(read(t, log))
			golden := strings.TrimSuffix(file, ".log") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
