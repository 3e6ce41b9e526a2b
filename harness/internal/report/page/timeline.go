// SPDX-License-Identifier: GPL-2.0-only

package page

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"kmodlab/harness/internal/report"
	"kmodlab/harness/internal/verdict"
)

// Measures of the picture, in units of its view box.
const (
	pictureWidth = 1000
	laneHeight   = 14
	axisHeight   = 20
)

// millisecond is how exactly the results know when a case started.
const millisecond = 0.001

// timeline is when each case ran.
type timeline struct {
	Kernels []strip
	Slowest []verdict.Record
}

// strip is a picture of one kernel.
type strip struct {
	Name   string
	Text   string // the same in words
	Height int
	Lanes  int
	Bars   []bar
	Ticks  []tick
}

type bar struct {
	X, Width float64
	Y        int
	Verdict  verdict.Verdict
	Title    string
}

type tick struct {
	X     float64
	Label string
}

// span is a record with its time as seconds since the first one began.
type span struct {
	verdict.Record
	from, to float64
}

// newTimeline draws the records that ran, all kernels to one scale.
func newTimeline(records []verdict.Record) timeline {
	spans := map[string][]span{}
	var began time.Time
	for _, r := range records {
		if at, err := time.Parse(time.RFC3339, r.Started); err == nil && (began.IsZero() || at.Before(began)) {
			began = at
		}
	}
	var t timeline
	end := 0.0
	for _, r := range records {
		at, err := time.Parse(time.RFC3339, r.Started)
		if err != nil {
			continue // it never started
		}
		s := span{r, at.Sub(began).Seconds(), at.Sub(began).Seconds() + r.Seconds}
		spans[r.Called()] = append(spans[r.Called()], s)
		t.Slowest = append(t.Slowest, r)
		end = max(end, s.to)
	}
	slices.SortStableFunc(t.Slowest, func(a, b verdict.Record) int { return cmp.Compare(b.Seconds, a.Seconds) })
	t.Slowest = t.Slowest[:min(10, len(t.Slowest))]
	for _, k := range report.NewGrid(records).Kernels {
		if all := spans[k.Name]; len(all) > 0 {
			t.Kernels = append(t.Kernels, newStrip(k, all, end))
		}
	}
	return t
}

// newStrip puts cases that ran at once into lanes one below the other.
func newStrip(k report.Kernel, spans []span, end float64) strip {
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	s := strip{Name: k.Name}
	var free []float64 // when each lane is free again
	total := 0.0
	for _, one := range spans {
		lane := slices.IndexFunc(free, func(at float64) bool { return at <= one.from+millisecond })
		if lane < 0 {
			lane = len(free)
			free = append(free, 0)
		}
		free[lane] = one.to
		total += one.Seconds
		s.Bars = append(s.Bars, bar{X: scale(one.from, end), Width: max(1, scale(one.to-one.from, end)-0.5), Y: lane * laneHeight,
			Verdict: one.Verdict, Title: fmt.Sprintf("%s/%s: %s, %.2f s", one.Lesson, one.Case, one.Verdict, one.Seconds)})
	}
	s.Lanes = len(free) * laneHeight
	s.Height = s.Lanes + axisHeight
	if len(spans) == 1 {
		s.Text = fmt.Sprintf("1 case in %.1f s", total)
	} else {
		s.Text = fmt.Sprintf("%d cases in %.1f s, %d at once at most, %.2f s each on average", len(spans), spans[len(spans)-1].to-spans[0].from, len(free), total/float64(len(spans)))
	}
	s.Ticks = ticks(end)
	return s
}

// scale turns seconds into units of the picture.
func scale(seconds, end float64) float64 {
	return math.Round(seconds/max(end, 0.001)*pictureWidth*10) / 10
}

// ticks marks about eight round numbers of seconds.
func ticks(end float64) []tick {
	distance := math.Pow(10, math.Floor(math.Log10(max(end, 0.001)/8)))
	for _, factor := range []float64{1, 2, 5, 10} {
		if end/(distance*factor) <= 10 {
			distance *= factor
			break
		}
	}
	var all []tick
	for at := 0.0; at < end*0.97; at += distance {
		all = append(all, tick{scale(at, end), fmt.Sprintf("%g s", math.Round(at*1000)/1000)})
	}
	return all
}
