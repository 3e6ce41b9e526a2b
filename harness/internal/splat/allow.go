// SPDX-License-Identifier: GPL-2.0-only

package splat

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"kmodlab/internal/fault"
)

// Allowance excuses one splat or finding of one case, for a reason and for a time. A list
// of exceptions without an end is a list of bugs that nobody mends.
type Allowance struct {
	Case   string    `toml:"case"`   // the case it is for; "" is every case of the lesson
	Series []string  `toml:"series"` // the kernels' series it is for: "6.1"; none is every one
	Title  string    `toml:"title"`  // the splat's title, or the finding, whole
	Reason string    `toml:"reason"` // why it is not a bug of the lesson
	Until  time.Time `toml:"until"`  // the last day it counts
}

// ReadAllowances reads the allowances of a lesson from the file at path, a
// TOML list of tables:
//
//	[[allow]]
//	case = "twice"
//	series = ["6.1", "6.12"]
//	title = "WARNING in notifier_chain_register, called by ..."
//	reason = "the case shows this very warning"
//	until = 2027-06-30
//
// A missing file allows nothing. An entry that has no title or no reason, that
// has expired on the day of now, or that has a key nobody knows is an error of
// [fault.Usage]: it is never left out silently.
func ReadAllowances(path string, now time.Time) ([]Allowance, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &fault.Error{Owner: fault.Host, What: "cannot read the allowed splats", Where: path, Err: err}
	}
	return parseAllowances(text, path, now)
}

func parseAllowances(text []byte, path string, now time.Time) ([]Allowance, error) {
	var file struct {
		Allow []Allowance `toml:"allow"`
	}
	meta, err := toml.Decode(string(text), &file)
	if err == nil && len(meta.Undecoded()) > 0 {
		err = fmt.Errorf("unknown key %s", meta.Undecoded()[0])
	}
	if err != nil {
		return nil, &fault.Error{Owner: fault.Usage, What: "cannot read the allowed splats", Where: path, Err: err}
	}
	for i, a := range file.Allow {
		if err := a.Check(now); err != nil {
			return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("allowed splat %d (%q) is not valid", i+1, a.Title), Where: path, Err: err,
				Hint: "mend the cause and remove the entry, or give it a title, a reason and a date (until = 2027-01-31) of its own"}
		}
	}
	return file.Allow, nil
}

// Check says what is wrong with the allowance on the day of now: it has no title, no
// reason, no last day, or that is over.
func (a Allowance) Check(now time.Time) error {
	switch {
	case strings.TrimSpace(a.Title) == "":
		return errors.New("it has no title")
	case strings.TrimSpace(a.Reason) == "":
		return errors.New("it has no reason")
	case a.Until.IsZero():
		return errors.New("it has no expiry date")
	case day(now) > day(a.Until):
		return fmt.Errorf("it expired on %s", day(a.Until))
	}
	return nil
}

func day(t time.Time) string { return t.Format(time.DateOnly) }

// Excuses tells whether a is for what is called title, in the case called name on a
// kernel of series.
func (a Allowance) Excuses(title, name, series string) bool {
	return a.Title == title && (a.Case == "" || a.Case == name) && (len(a.Series) == 0 || slices.Contains(a.Series, series))
}

// Unexcused returns the splats that no allowance is for, in the case called
// name on a kernel of series. A panic cannot be excused: nothing after it ran.
func Unexcused(splats []Splat, allowed []Allowance, name, series string) []Splat {
	var left []Splat
	for _, s := range splats {
		excused := slices.ContainsFunc(allowed, func(a Allowance) bool { return a.Excuses(s.Title, name, series) })
		if !excused || s.Kind == Panic {
			left = append(left, s)
		}
	}
	return left
}
