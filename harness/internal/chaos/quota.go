// SPDX-License-Identifier: GPL-2.0-only

package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// quota lets this program and its children have a tenth of the CPUs, for a
// while, by a control group of its own.
func quota(ctx context.Context, chance *rand.Rand) error {
	g, err := newGroup()
	if err != nil {
		return err
	}
	defer g.remove()
	for ctx.Err() == nil {
		if err := g.limit(0.1 * float64(runtime.NumCPU())); err != nil {
			return err
		}
		wait(ctx, between(chance, 10*time.Second, 2*time.Minute))
		if err := g.limit(0); err != nil {
			return err
		}
		wait(ctx, between(chance, 0, 5*time.Second))
	}
	return nil
}

// group is a control group that this process and its children were moved to.
type group struct {
	parent, dir string
	v2          bool
}

// newGroup makes a group below the one that this process is in, and moves it
// there (the kernel's Documentation/admin-guide/cgroup-v2.rst and
// cgroup-v1/cgroups.rst).
func newGroup() (*group, error) {
	text, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return nil, err
	}
	for _, place := range groupPlaces(string(text)) {
		sweep(place.dir)
		g := &group{parent: place.dir, dir: filepath.Join(place.dir, groupPrefix+strconv.Itoa(os.Getpid())), v2: place.v2}
		if err = os.Mkdir(g.dir, 0o755); err != nil {
			continue
		}
		if err = errors.Join(g.limit(0), move(g.dir)); err == nil {
			return g, nil
		}
		g.remove()
	}
	return nil, fmt.Errorf("no control group of the CPU can be made: %w", err)
}

// groupPrefix is how the groups are called, with the process behind it.
const groupPrefix = "kmodlab-chaos-"

// sweep removes the groups that runs left which were killed. One that is in use
// cannot be removed.
func sweep(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, groupPrefix+"*")) // the pattern is well formed
	for _, path := range left {
		os.Remove(path)
	}
}

// groupPlace is a folder in which a group may be made.
type groupPlace struct {
	dir string
	v2  bool
}

// groupPlaces returns where the groups of a /proc/PID/cgroup are usually
// mounted: those of the CPU of version 1, and the one of version 2.
func groupPlaces(text string) []groupPlace {
	places := []groupPlace{}
	for line := range strings.Lines(text) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		switch {
		case len(fields) < 3:
		case fields[0] == "0":
			places = append(places, groupPlace{filepath.Join("/sys/fs/cgroup", fields[2]), true})
		case fields[1] == "cpu" || fields[1] == "cpu,cpuacct":
			places = append(places, groupPlace{filepath.Join("/sys/fs/cgroup", fields[1], fields[2]), false})
		}
	}
	return places
}

// limit sets how many CPUs the group may use; 0 for all.
func (g *group) limit(cpus float64) error {
	const period = 100_000 // microseconds
	quota := strconv.Itoa(int(cpus * period))
	if g.v2 {
		if cpus == 0 {
			quota = "max"
		}
		return write(g.dir, "cpu.max", quota+" "+strconv.Itoa(period))
	}
	if cpus == 0 {
		quota = "-1"
	}
	return errors.Join(write(g.dir, "cpu.cfs_period_us", strconv.Itoa(period)), write(g.dir, "cpu.cfs_quota_us", quota))
}

// remove moves everybody back and removes the group.
func (g *group) remove() {
	for range 100 { // who is started meanwhile is moved the next time, and who ends may take a while
		text, err := os.ReadFile(filepath.Join(g.dir, "cgroup.procs"))
		if err != nil {
			break
		}
		for pid := range strings.FieldsSeq(string(text)) {
			write(g.parent, "cgroup.procs", pid)
		}
		if os.Remove(g.dir) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// move moves this process and its emulators to the group.
func move(dir string) error {
	err := write(dir, "cgroup.procs", strconv.Itoa(os.Getpid()))
	for _, pid := range emulators() {
		write(dir, "cgroup.procs", strconv.Itoa(pid)) // one that has ended need not be moved
	}
	return err
}

func write(dir, name, text string) error {
	return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644)
}
