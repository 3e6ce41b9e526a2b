// SPDX-License-Identifier: GPL-2.0-only

package box

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"kmodlab/internal/fault"
)

// EnvLimit names the environment variable that says how much CPU time one
// command of a build may take.
const EnvLimit = "KMODLAB_BUILD_LIMIT"

// limits are what a command may use up. None is a time on a clock: what counts
// is how often it was looked at, and an idle machine that is asleep, or a
// harness that was stopped, looks at nothing.
type limits struct {
	every     time.Duration // between two looks
	cpu       time.Duration // of all its processes
	idle      int           // looks in a row at which it did nothing
	looks     int           // at most
	processes int           // at once
	printed   int64         // bytes
	disk      int64         // bytes in its own folders
}

// limitsOf returns the limits for what the user says, "" for nothing.
func limitsOf(text string) (limits, error) {
	l := limits{every: time.Second / 2, cpu: 2 * time.Hour, processes: 4096, printed: 64 << 20, disk: 8 << 30}
	if text != "" {
		d, err := time.ParseDuration(text)
		if err == nil && d <= 0 {
			err = fmt.Errorf("%v is no time to build in", d)
		}
		if err != nil {
			return l, &fault.Error{Owner: fault.Usage, What: "cannot understand the limit of builds", Where: EnvLimit + "=" + text, Err: err, Hint: "give a time such as 5h"}
		}
		l.cpu = d
	}
	l.looks = int(6 * l.cpu / l.every)
	l.idle = max(10, int(l.cpu/12/l.every)) // ten minutes of two hours
	return l, nil
}

// watch looks at a command from time to time.
type watch struct {
	limits
	name    string // of the program
	process *process
	folders []string // those that it writes
	free    int64    // bytes that were free there at first
	filled  int64    // bytes that were in them at first

	seen   int   // looks
	idling int   // the last of them, at which it did nothing
	ticks  int64 // its CPU time at the last look, in 1/100 s; less than before when somebody ended whom nobody waited for
	most   int64 // the highest of these
	heard  int64 // bytes that it has printed
}

func newWatch(l limits, c Command, p *process) *watch {
	return &watch{limits: l, name: c.Argv[0], process: p, folders: c.Write, free: free(c.Write), filled: size(c.Write)}
}

// look returns why the command has to be ended, nil if it has not.
func (w *watch) look() error {
	t, heard := tree(w.process.first), w.process.output.Len()
	now := ticks(t)
	w.seen++
	w.idling++
	// One tick is what it takes to wake up and go to sleep again. Of whom
	// nothing is to be seen, nothing is known.
	if len(t) == 0 || running(t) || now < w.ticks || now > w.ticks+1 || heard != w.heard {
		w.idling = 0
	}
	w.ticks, w.most, w.heard = now, max(now, w.most), heard
	switch cpu := time.Duration(w.most) * time.Second / 100; {
	case len(t) > w.processes:
		return w.tooMuch("it had %d processes at once", len(t))
	case heard > w.printed:
		return w.tooMuch("it printed %d MB", heard>>20)
	case cpu > w.cpu:
		return w.endless("it took %v of CPU time", cpu.Round(time.Second))
	case w.idling > w.idle:
		return w.endless("it did nothing for %v", (time.Duration(w.idling) * w.every).Round(time.Second))
	case w.seen > w.looks:
		return w.endless("it ran for %v", (time.Duration(w.seen) * w.every).Round(time.Second))
	}
	return w.diskFull()
}

// diskFull is the look at the folders. They are counted now and then, and
// whenever their disk has lost as much as they may take.
func (w *watch) diskFull() error {
	most := min(w.disk, w.free/2)
	if w.seen%4 != 0 && w.free-free(w.folders) < most {
		return nil
	}
	if written := size(w.folders) - w.filled; written > most {
		return w.tooMuch("it wrote %d MB", written>>20)
	}
	return nil
}

func (w *watch) endless(format string, args ...any) error {
	return &fault.Error{Owner: fault.Build, What: "the build did not end: " + fmt.Sprintf(format, args...), Where: w.name, Err: lastLine(w.process.output),
		Hint: "look for a loop in its Makefile, or for something that waits; if it really needs longer, set " + EnvLimit + ", the CPU time that it may take, to more than " + w.cpu.String()}
}

func (w *watch) tooMuch(format string, args ...any) error {
	return &fault.Error{Owner: fault.Build, What: "the build was ended, for it takes too much: " + fmt.Sprintf(format, args...), Where: w.name, Err: lastLine(w.process.output),
		Hint: "look for a loop in its Makefile"}
}

// lastLine returns what was printed last, nil for nothing.
func lastLine(o *output) error {
	text := strings.TrimSpace(o.String())
	text = text[strings.LastIndexByte(text, '\n')+1:]
	if text == "" {
		return nil
	}
	return fmt.Errorf("the last that it said: %.200s", text)
}

// free returns how many bytes are free where the first of the folders is.
func free(folders []string) int64 {
	var at unix.Statfs_t
	if len(folders) == 0 || unix.Statfs(folders[0], &at) != nil {
		return 1 << 62
	}
	return int64(at.Bavail) * at.Bsize
}

// size returns how many bytes the folders take on the disk.
func size(folders []string) int64 {
	var sum int64
	for _, folder := range folders {
		// What cannot be read, or goes meanwhile, does not count.
		filepath.WalkDir(folder, func(_ string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil
			}
			if info, err := d.Info(); err == nil {
				if stat, ok := info.Sys().(*syscall.Stat_t); ok {
					sum += stat.Blocks * 512
				}
			}
			return nil
		})
	}
	return sum
}
