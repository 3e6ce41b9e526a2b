// SPDX-License-Identifier: GPL-2.0-only

// Package chaos makes this machine a bad place to run on, for as long as
// something is tested there: what is found out must not depend on it.
//
// Each kind of disturbance touches the processes of this program and what they
// share with others (the CPUs, the memory), and puts back what it changed, also
// when it is interrupted.
package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"kmodlab/internal/fault"
)

// Kind is a way to disturb.
type Kind string

// The kinds.
const (
	Stop    Kind = "stop"    // emulators are stopped and continued
	Pause   Kind = "pause"   // this program is stopped and continued
	Load    Kind = "load"    // busy loops, eight a CPU
	Quota   Kind = "quota"   // a tenth of the CPUs for all of it
	Memory  Kind = "memory"  // hardly any memory is free
	Offline Kind = "offline" // a CPU is switched off and on
)

// all lists the kinds.
func all() []Kind { return []Kind{Stop, Pause, Load, Quota, Memory, Offline} }

// Parse reads a list of kinds with commas between; "" is all. The error is a
// [fault.Error] of usage.
func Parse(list string) ([]Kind, error) {
	if list == "" {
		return all(), nil
	}
	var names []string
	for _, k := range all() {
		names = append(names, string(k))
	}
	var kinds []Kind
	for name := range strings.SplitSeq(list, ",") {
		if !slices.Contains(names, name) {
			return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no disturbance %q", name), Where: "-disturb", Hint: fault.Choices(name, "the disturbances", names)}
		}
		kinds = append(kinds, Kind(name))
	}
	return kinds, nil
}

// Unable is why a kind of disturbance cannot be made on this machine.
type Unable struct {
	Kind Kind
	Err  error
}

// Error returns the reason.
func (e *Unable) Error() string { return fmt.Sprintf("%s: %v", e.Kind, e.Err) }

// Unwrap returns the cause.
func (e *Unable) Unwrap() error { return e.Err }

// Disturb disturbs until ctx ends, by what chance says with the given seed, and
// returns when everything is as it was. The error is an [*Unable], at once, or
// [errUndisturbed].
func Disturb(ctx context.Context, kind Kind, seed uint64) error {
	chance := rand.New(rand.NewPCG(seed, uint64(len(kind))))
	disturb := map[Kind]func(context.Context, *rand.Rand) error{
		Stop: stop, Pause: pause, Load: load, Quota: quota, Memory: memory, Offline: offline,
	}[kind]
	err := disturb(ctx, chance)
	switch {
	case errors.Is(err, errUndisturbed):
		return err
	case err != nil && ctx.Err() == nil:
		return &Unable{kind, err}
	}
	return nil
}

// errUndisturbed is the error of a disturbance that came to its end and had found
// nothing to disturb: what went on beside it proves nothing.
var errUndisturbed = errors.New("no VM was found that could be stopped: nothing was disturbed")

// between returns a time from least to most; short ones are more likely, as
// they are in life.
func between(chance *rand.Rand, least, most time.Duration) time.Duration {
	x := chance.Float64()
	return least + time.Duration(x*x*float64(most-least))
}

// wait waits, unless ctx ends before.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
