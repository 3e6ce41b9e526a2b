// SPDX-License-Identifier: GPL-2.0-only

// Package bench measures the lab against the least that is possible, on this
// machine and in one run, so that its ratios mean something where its seconds
// do not.
package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"kmodlab/harness/internal/lesson"
	"kmodlab/harness/internal/matrix"
	"kmodlab/harness/internal/verdict"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/cache"
	"kmodlab/internal/step"
)

// Figures are what was measured; times are medians of Rounds, in seconds.
type Figures struct {
	Schema  int     `json:"schema"`
	Kernel  string  `json:"kernel"`
	QEMU    string  `json:"qemu"`
	Accel   string  `json:"accel"`
	Rounds  int     `json:"rounds"`
	Floor   float64 `json:"floor_s"`         // boot to a do-nothing static init
	Cold    float64 `json:"cold_s"`          // boot to the agent's first answer
	Clone   float64 `json:"clone_s"`         // clone to the agent's first answer
	Case    float64 `json:"case_s"`          // a whole case: clone, insert three modules, compare, dispose
	Lesson  float64 `json:"lesson_s"`        // the case of a lesson, which also removes them and looks at that
	CloneP  float64 `json:"clone_p95_s"`     // 95th percentile of the clones
	PSS     float64 `json:"clone_pss_mib"`   // memory that a further clone costs
	Failure int     `json:"failed_attempts"` // measurements that failed, of all
}

// Cases are the cases that are measured.
type Cases struct {
	Inserts lesson.Case // inserts three modules and compares
	Lesson  lesson.Case // also removes them
}

// Measure measures floor, cold boot, clone and cases on col, interleaved so
// that a busy moment of the machine meets all of them, rounds times each.
func Measure(ctx context.Context, c *cache.Cache, r *matrix.Runner, col *matrix.Target, cases Cases, rounds int) (*Figures, error) {
	dir, remove, err := c.Temp(ctx, "bench")
	if err != nil {
		return nil, err
	}
	defer remove()
	m := col.Machine()
	floor := m
	floor.Initramfs = filepath.Join(dir, "floor.cpio")
	if err := writeFloor(floor.Initramfs); err != nil {
		return nil, err
	}
	template, err := vm.Freeze(ctx, c, m)
	if err != nil {
		return nil, err
	}
	measures := []struct {
		name string
		once func() (time.Duration, error)
	}{
		{"floor", func() (time.Duration, error) {
			return start(func() (*vm.VM, error) { return vm.BootUntil(ctx, floor, floorMark) })
		}},
		{"cold", func() (time.Duration, error) { return start(func() (*vm.VM, error) { return vm.Boot(ctx, m) }) }},
		{"clone", func() (time.Duration, error) { return start(func() (*vm.VM, error) { return template.Clone(ctx) }) }},
		{"case", func() (time.Duration, error) { return whole(ctx, r, col, cases.Inserts) }},
		{"lesson", func() (time.Duration, error) { return whole(ctx, r, col, cases.Lesson) }},
	}
	taken := map[string][]float64{}
	f := &Figures{Schema: 1, Kernel: m.Kernel.Release, QEMU: m.QEMU.Version, Accel: string(or(m.Accel, vm.TCG)), Rounds: rounds}
	s := step.Start(ctx, "measure floor, cold boot, clone and case, %d rounds", rounds)
	for round := range rounds {
		s.Progress(int64(round), int64(rounds))
		for _, measure := range measures {
			took, err := measure.once()
			if ctx.Err() != nil {
				return nil, s.End(context.Cause(ctx))
			}
			if err != nil {
				f.Failure++
				step.Note(ctx, "%s, round %d: %v", measure.name, round+1, err)
				if len(taken[measure.name]) == 0 && round > 0 {
					return nil, s.End(fmt.Errorf("%s cannot be measured: %w", measure.name, err))
				}
				continue
			}
			taken[measure.name] = append(taken[measure.name], took.Seconds())
		}
	}
	s.End(nil)
	for _, measure := range measures {
		if len(taken[measure.name]) == 0 {
			return nil, fmt.Errorf("%s could not be measured once", measure.name)
		}
	}
	f.Floor, f.Cold = quantile(taken["floor"], 0.5), quantile(taken["cold"], 0.5)
	f.Clone, f.CloneP = quantile(taken["clone"], 0.5), quantile(taken["clone"], 0.95)
	f.Case, f.Lesson = quantile(taken["case"], 0.5), quantile(taken["lesson"], 0.5)
	f.PSS, err = furtherClone(ctx, template)
	return f, err
}

// whole runs a case from the clone to the verdict.
func whole(ctx context.Context, r *matrix.Runner, col *matrix.Target, c lesson.Case) (time.Duration, error) {
	began := time.Now()
	if record := r.Case(ctx, col, c); record.Verdict != verdict.Pass {
		return 0, fmt.Errorf("%s: %s: %s", c.ID(), record.Verdict, record.Reason)
	}
	return time.Since(began), nil
}

// start starts a VM and closes it; only the start counts.
func start(begin func() (*vm.VM, error)) (time.Duration, error) {
	began := time.Now()
	v, err := begin()
	if err != nil {
		return 0, err
	}
	took := time.Since(began)
	v.Close()
	return took, nil
}

// furtherClone returns how much the proportional set size of all clones
// together grows with one more, in MiB.
func furtherClone(ctx context.Context, template *vm.Template) (float64, error) {
	var clones []*vm.VM
	defer func() {
		for _, v := range clones {
			v.Close()
		}
	}()
	var sums []float64
	for range 3 {
		v, err := template.Clone(ctx)
		if err != nil {
			return 0, err
		}
		clones = append(clones, v)
		sum := 0.0
		for _, v := range clones {
			pss, err := pss(v.PID())
			if err != nil {
				return 0, err
			}
			sum += pss
		}
		sums = append(sums, sum)
	}
	return sums[2] - sums[1], nil
}

// pss returns a process's proportional set size in MiB
// (Documentation/filesystems/proc.rst, smaps_rollup).
func pss(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "Pss:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no Pss in smaps_rollup of process %d", pid)
}

// quantile returns the value below which the part q of values lies.
func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

func or(a, otherwise vm.Accel) vm.Accel {
	if a == "" {
		return otherwise
	}
	return a
}
