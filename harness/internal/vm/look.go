// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"kmodlab/internal/wire"
)

// look is where a VM was seen that owes an answer.
type look struct {
	stack  string   // of the task that does the order, when the agent told it
	places []string // what is compared: functions of the stack, or where each processor was
}

// witness takes looks. Questions that are not answered at once stay open, and
// none is asked twice.
type witness struct {
	vm        *VM
	order     uint64 // which is not answered
	stack     <-chan reception
	registers <-chan reply
}

// look returns where the VM stands. It is the agent that is asked, and where
// that one does not answer within patience, QEMU. It tells false when neither
// said anything of use.
func (w *witness) look(ctx context.Context, patience time.Duration) (look, bool) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if l, ok := w.askAgent(ctx); ok {
		return l, true
	}
	return w.askQEMU()
}

func (w *witness) askAgent(ctx context.Context) (look, bool) {
	if w.stack == nil {
		c, err := w.vm.link.sendAs(ctx, &wire.Order{Verb: wire.DoStack, Name: strconv.FormatUint(w.order, 10)}, true)
		if err != nil { // the port is full: nobody reads it
			return look{}, false
		}
		w.stack = c
	}
	if w.registers == nil {
		if c, err := w.vm.qmp.send("human-monitor-command", map[string]string{"command-line": "info registers -a"}); err == nil {
			w.registers = c
		}
	}
	select {
	case r := <-w.stack:
		w.stack = nil
		if r.answer.Errno != 0 || len(r.answer.Blob) == 0 {
			return look{}, false
		}
		text := string(r.answer.Blob)
		return look{stack: text, places: functions(text)}, true
	case <-w.vm.over:
	case <-ctx.Done():
	}
	return look{}, false
}

// functions are those of a stack as /proc/PID/stack shows it, without the place
// in them: "[<0>] msleep+0x29/0x40".
func functions(stack string) []string {
	var names []string
	for line := range strings.Lines(stack) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), "+")
		names = append(names, name)
	}
	return names
}

// askQEMU takes what QEMU has answered meanwhile.
func (w *witness) askQEMU() (look, bool) {
	if w.registers == nil {
		return look{}, false
	}
	select {
	case r := <-w.registers:
		w.registers = nil
		var text string
		if r.Error != nil || json.Unmarshal(r.Return, &text) != nil {
			return look{}, false
		}
		places := whereabouts(text)
		return look{places: places}, len(places) > 0
	default:
		return look{}, false
	}
}

var (
	programCounter = regexp.MustCompile(`(?m)^\s*(?:RIP|PC)=([0-9a-f]{16})`)
	halted         = regexp.MustCompile(`\bHLT=1\b`)
	userMode       = regexp.MustCompile(`\bCPL=3\b|\bEL0t\b`)
)

// whereabouts reads the registers of all processors, as QEMU's monitor prints
// them ("info registers -a"), and returns where each is: "halted", or the page
// of the kernel's code that it executes. It returns nil when one of them
// executes a program: then the guest is at something that is no module's.
func whereabouts(text string) []string {
	var places []string
	for part := range strings.SplitSeq(text, "CPU#") {
		pc := programCounter.FindStringSubmatch(part)
		switch {
		case pc == nil:
			continue
		case userMode.MatchString(part):
			return nil
		case halted.MatchString(part):
			places = append(places, "halted")
		default:
			const page = 3 // hexadecimal digits
			places = append(places, pc[1][:len(pc[1])-page])
		}
	}
	return places
}

// testimony is what was seen of a VM that owes an answer. While the agent answers,
// however late, the processors say nothing of the task: they are at whatever else the
// guest does meanwhile.
type testimony struct {
	tasks      []look        // of the task, by the agent's word
	processors []look        // since the agent spoke
	spoke      time.Duration // how long the VM had lived when the agent spoke last, or could have first
}

// add adds what was seen when the VM had lived own.
func (t *testimony) add(l look, own time.Duration) {
	if l.stack == "" {
		t.processors = append(t.processors, l)
		return
	}
	t.tasks = append(t.tasks, l)
	t.processors, t.spoke = nil, own
}

// proof returns looks that show that a VM which has lived own gets nowhere, or nil.
// Those at the processors do once the agent was silent for so much of the VM's time.
func (t *testimony) proof(own, silent time.Duration) []look {
	if len(t.tasks) >= leastLooks && goRound(t.tasks) {
		return t.tasks
	}
	if len(t.processors) >= leastLooks && own-t.spoke >= silent && goRound(t.processors) {
		return t.processors
	}
	return nil
}

// goRound tells whether looks show a guest that gets nowhere: nearly all that
// was seen in their second half had been seen in the first. A tenth may be new:
// a timer's interrupt comes in between.
func goRound(looks []look) bool {
	half := len(looks) / 2
	known := map[string]bool{}
	for _, l := range looks[:half] {
		for _, p := range l.places {
			known[p] = true
		}
	}
	news := 0
	for _, l := range looks[half:] {
		if slices.ContainsFunc(l.places, func(p string) bool { return !known[p] }) {
			news++
		}
	}
	return half > 0 && news*10 <= len(looks)-half
}
