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
		for _, c := range changes([]Record{on("6.1", tt.before)}, []Record{on("6.1", tt.after), on("6.12", Fail)}) {
			got += c.News
		}
		if got != tt.want {
			t.Errorf("changes(%s, %s) = %q; want %q", tt.before, tt.after, got, tt.want)
		}
	}
}

// A kernel with other words on its command line is another one: what becomes of a case
// there is no news of the kernel without them, and does not take its place.
func TestKernelArgsMakeAnotherKernel(t *testing.T) {
	plain, checked := on("6.12", Pass), on("6.12", Splat)
	checked.Kernel, checked.Args = "6.12.118", "slub_debug=FZPU x"
	if got, want := checked.ID(), "notify/again on 6.12 with slub_debug=FZPU x"; got != want {
		t.Errorf("ID() = %q; want %q", got, want)
	}
	if got, want := checked.On(), "6.12.118 with slub_debug=FZPU x"; got != want {
		t.Errorf("On() = %q; want %q", got, want)
	}
	if got := plain.On(); got != "6.12" {
		t.Errorf("On() = %q where the release is not known; want 6.12", got)
	}
	if got := changes([]Record{plain}, []Record{checked}); got != nil {
		t.Errorf("changes() = %v; want none", got)
	}
	if got := Known([]Record{plain}, []Record{checked}); len(got) != 2 {
		t.Errorf("Known() = %v; want both", got)
	}
	j := Run{Records: []Record{checked}, Plan: []Record{plain}}.Judge()
	if d := cmp.Diff([]string{plain.ID()}, j.Missing()); d != "" {
		t.Errorf("missing (-want +got):\n%s", d)
	}
	newer := on("7.3", Unsupported)
	newer.Series, checked.Series = "7.3", "6.12"
	if judged := regress([]Record{checked, newer}, map[string][]string{"notify/again": nil}); judged[1].Verdict != Unsupported {
		t.Errorf("with other words than the older kernel it is %s; want unsupported, for nothing went away", judged[1].Verdict)
	}
}

func TestChangesTellTheBadFirst(t *testing.T) {
	before := []Record{on("1", Fail), on("2", Pass), on("3", Pass)}
	after := []Record{on("1", Pass), on("2", Unsupported), on("3", Hang)}
	after[2].Reason = "rmmod: late\nmore"
	var got []string
	for _, c := range changes(before, after) {
		got = append(got, c.String())
	}
	want := []string{
		"newly broken: notify/again on 3: pass becomes hang: rmmod: late",
		"newly unsupported: notify/again on 2: pass becomes unsupported",
		"newly mended: notify/again on 1: fail becomes pass",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("changes() (-want +got):\n%s", d)
	}
}

func TestKnown(t *testing.T) {
	before := []Record{on("1", Fail), on("2", Pass), on("3", Pass)}
	missing := on("5", Infra)
	missing.Missing = true
	after := []Record{on("2", Infra), on("3", Hang), on("4", Pass), missing}
	want := []Record{on("1", Fail), on("2", Pass), on("3", Hang), on("4", Pass)}
	if d := cmp.Diff(want, Known(before, after)); d != "" {
		t.Errorf("Known() (-want +got):\n%s", d)
	}
}

// What was a failure by an older kernel is neither mended nor forgotten when
// the case runs on the newer kernel alone.
func TestLostIsNotForgotten(t *testing.T) {
	older, newer := on("6.1", Pass), on("6.12", Unsupported)
	older.Series, newer.Series, newer.Reason = "6.1", "6.12", "needs export:f"
	rule := map[string][]string{"notify/again": nil}
	explained := map[string][]string{"notify/again": {"6.2"}}
	both := Run{Records: []Record{older, newer}, Gone: rule}.Judge().Records
	unable := older
	unable.Verdict = Infra
	for name, tt := range map[string]struct {
		run   Run
		news  []News
		known Verdict // of the newer kernel
	}{
		"the newer kernel alone":          {Run{Records: []Record{newer}, Gone: rule}, nil, Fail},
		"the older one could not be run":  {Run{Records: []Record{unable, newer}, Gone: rule}, nil, Fail},
		"both, as before":                 {Run{Records: []Record{older, newer}, Gone: rule}, nil, Fail},
		"both, and the script says why":   {Run{Records: []Record{older, newer}, Gone: explained}, []News{Lost}, Unsupported},
		"alone, and it has it again":      {Run{Records: []Record{on("6.12", Pass)}, Gone: rule}, []News{Mended}, Pass},
		"the older one lost it, too":      {Run{Records: []Record{on("6.1", Unsupported)}, Gone: rule}, []News{Lost}, Fail},
		"alone, and it fails another way": {Run{Records: []Record{on("6.12", Splat)}, Gone: rule}, []News{Otherwise}, Splat},
	} {
		t.Run(name, func(t *testing.T) {
			tt.run.Past = both
			j := tt.run.Judge()
			var news []News
			for _, c := range j.Changes {
				news = append(news, c.News)
			}
			if d := cmp.Diff(tt.news, news); d != "" {
				t.Errorf("news (-want +got):\n%s", d)
			}
			known := Known(both, j.Records)
			if got := known[1]; got.Column != "6.12" || got.Verdict != tt.known {
				t.Errorf("what is known of %s is %s; want %s on 6.12", got.Column, got.Verdict, tt.known)
			}
		})
	}
}
