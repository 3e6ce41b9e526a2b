// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/verdict"
	"kmodlab/internal/kernel"
)

// some returns cells of two kernels with the seconds, in turns.
func some(seconds ...float64) []Job {
	var cells []Job
	for _, name := range []string{"6.1", "6.12"} {
		for i, s := range seconds {
			cells = append(cells, Job{Kernel: kernel.Source{Name: name}, Case: lesson.Case{Lesson: "l", Name: fmt.Sprint(i)}, Seconds: s})
		}
	}
	return cells
}

func ids(cells []Job) []string {
	var all []string
	for _, c := range cells {
		all = append(all, c.id())
	}
	return all
}

func TestPlan(t *testing.T) {
	lessons := []lesson.Lesson{{Name: "a", Cases: []lesson.Case{{Lesson: "a", Name: "x"}, {Lesson: "a", Name: "y"}}}, {Name: "b", Cases: []lesson.Case{{Lesson: "b", Name: "x"}}}}
	past := []verdict.Record{
		{Column: "6.1", Lesson: "a", Case: "x", Seconds: 3}, {Column: "6.1", Lesson: "b", Case: "x", Seconds: 0.5},
		{Column: "7.3", Lesson: "a", Case: "y", Seconds: 9}, {Column: "6.1", Lesson: "a", Case: "gone"},
	}
	var got []string
	for _, c := range Plan([]kernel.Source{{Name: "6.1"}, {Name: "6.12"}}, lessons, past) {
		got = append(got, fmt.Sprint(c.id(), " ", c.Seconds))
	}
	want := []string{"a/x on 6.1 3", "a/y on 6.1 3", "b/x on 6.1 0.5", "a/x on 6.12 3", "a/y on 6.12 3", "b/x on 6.12 3"}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Plan() (-want +got):\n%s", d)
	}
}

// TestShard checks that the parts are everything, each cell once, whatever the
// number of parts, and that they are of about the same length.
func TestShard(t *testing.T) {
	cells := some(1, 5, 2, 2, 0.5, 0.5, 3)
	for n := 1; n <= 20; n++ {
		var all []Job
		for i := 1; i <= n; i++ {
			part := Shard(cells, i, n)
			all = append(all, part...)
			var sum float64
			for _, c := range part {
				sum += c.Seconds
			}
			if fair := 28.0 / float64(n); sum > fair+5 {
				t.Errorf("Shard(%d/%d) takes %.1f s; want at most %.1f, a fair part and one cell more", i, n, sum, fair+5)
			}
		}
		if d := cmp.Diff(ids(cells), ids(all)); d != "" {
			t.Errorf("the parts of %d together (-want +got):\n%s", n, d)
		}
	}
}

func TestColumnsLongestFirst(t *testing.T) {
	cells := some(1, 5, 2)
	kernels, positions := columns(cells)
	if len(kernels) != 2 || kernels[0].Name != "6.1" || kernels[1].Name != "6.12" {
		t.Errorf("columns() = %v; want 6.1 and 6.12", kernels)
	}
	if d := cmp.Diff([][]int{{1, 2, 0}, {4, 5, 3}}, positions); d != "" {
		t.Errorf("columns(): order of the cells (-want +got):\n%s", d)
	}
}
