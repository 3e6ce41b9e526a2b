// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// on is a record of one case on the column.
func on(column string, v Verdict) Record {
	return Record{Column: column, Lesson: "notify", Case: "again", Verdict: v}
}

func TestChanges(t *testing.T) {
	for _, tt := range []struct {
		before, after Verdict
		want          News
	}{
		{Pass, Pass, ""},
		{Pass, Fail, Broken},
		{Unsupported, Splat, Broken},
		{Fail, Pass, Mended},
		{Fail, Panic, Otherwise},
		{Pass, Unsupported, Lost},
		{Fail, Unsupported, Lost},
		{Unsupported, Pass, Gained},
		{Pass, Infra, ""},
		{Infra, Fail, ""},
	} {
		var got News
		for _, c := range Changes([]Record{on("6.1", tt.before)}, []Record{on("6.1", tt.after), on("6.12", Fail)}) {
			got += c.News
		}
		if got != tt.want {
			t.Errorf("Changes(%s, %s) = %q; want %q", tt.before, tt.after, got, tt.want)
		}
	}
}

func TestChangesTellTheBadFirst(t *testing.T) {
	before := []Record{on("1", Fail), on("2", Pass), on("3", Pass)}
	after := []Record{on("1", Pass), on("2", Unsupported), on("3", Hang)}
	after[2].Reason = "rmmod: late\nmore"
	var got []string
	for _, c := range Changes(before, after) {
		got = append(got, c.String())
	}
	want := []string{
		"newly broken: notify/again on 3: pass becomes hang: rmmod: late",
		"newly unsupported: notify/again on 2: pass becomes unsupported",
		"newly mended: notify/again on 1: fail becomes pass",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Changes() (-want +got):\n%s", d)
	}
}

func TestKnown(t *testing.T) {
	before := []Record{on("1", Fail), on("2", Pass), on("3", Pass)}
	after := []Record{on("2", Infra), on("3", Hang), on("4", Pass)}
	want := []Record{on("1", Fail), on("2", Pass), on("3", Hang), on("4", Pass)}
	if d := cmp.Diff(want, Known(before, after)); d != "" {
		t.Errorf("Known() (-want +got):\n%s", d)
	}
}
