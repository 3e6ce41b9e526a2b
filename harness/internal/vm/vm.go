// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"context"
	"encoding/json"
	"os"
	"sync"
	"time"

	"kmodlab/harness/internal/kmsg"
	"kmodlab/internal/wire"
)

// VM is a running machine whose agent takes orders. Its methods may be called
// from many goroutines, but the log of a step is that step's only when steps
// follow each other.
type VM struct {
	Hello wire.Hello // what the agent said of its kernel

	// Limit, if not 0, is how much of its own time the VM may live without
	// answering an order, before it is seen whether it ever will. It is set
	// before the first order.
	Limit time.Duration

	machine Machine
	thief   thief
	proc    *process
	qmp     *qmp
	link    *link
	console *transcript
	shell   <-chan reception // the end of a shell that was frozen with the VM; nil when none was

	over      chan struct{} // closed when QEMU has ended and everything it sent was read
	stopWatch func() bool   // ends the watch over the context

	lostOnce sync.Once
	lost     chan struct{} // closed when the agent cannot answer though QEMU runs; why says the reason
	why      Lost

	mu       sync.Mutex    // guards what follows
	events   []Event       // from QEMU
	happened chan struct{} // closed and renewed at each event
	asked    bool          // we asked QEMU to quit
	killed   bool          // we killed QEMU
	poked    bool          // we made the kernel panic, to see where it hangs
	deaf     bool          // an order was not answered; do not give another
	done     bool          // it has said its last word

	closing sync.Once
	fate    Fate
}

// launch starts QEMU and the readers of everything it sends. ctx is the VM's
// life: when it ends, QEMU is killed. state, if not nil, is handed to QEMU.
func launch(ctx context.Context, m Machine, args []string, state *os.File) (*VM, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	proc, err := startQEMU(m.QEMU, args, state)
	if err != nil {
		return nil, m.bootFault(err, Fate{How: Crashed})
	}
	v := &VM{machine: m, proc: proc, link: newLink(proc.agent, proc.executor), console: &transcript{},
		over: make(chan struct{}), lost: make(chan struct{}), happened: make(chan struct{})}
	v.qmp = newQMP(proc.monitor, v.note)
	var readers sync.WaitGroup
	readers.Go(func() { v.console.readFrom(proc.console) })
	readers.Go(func() { v.qmp.read() })
	for _, conn := range []*os.File{proc.agent, proc.executor} {
		readers.Go(func() { v.link.read(conn, func(err error) { v.lose(LostGarbled, err, 0) }) })
	}
	v.stopWatch = context.AfterFunc(ctx, v.kill)
	go func() {
		<-proc.done // QEMU's ends are closed now, so the readers come to theirs
		readers.Wait()
		proc.closeOurs()
		close(v.over)
	}()
	return v, nil
}

// Listen has f called with each record of the kernel log as it arrives, from
// now on. f must not wait for the VM.
func (v *VM) Listen(f func(kmsg.Record)) {
	v.link.mu.Lock()
	defer v.link.mu.Unlock()
	v.link.listen = f
}

// Console returns what the serial console showed until now.
func (v *VM) Console() string { return v.console.text() }

// note keeps an event and draws conclusions from it.
func (v *VM) note(e Event) {
	v.mu.Lock()
	v.events = append(v.events, e)
	close(v.happened)
	v.happened = make(chan struct{})
	v.mu.Unlock()
	switch e.Name {
	case "VSERPORT_CHANGE":
		var port struct {
			ID   string
			Open bool
		}
		if err := json.Unmarshal(e.Data, &port); err == nil && port.ID == agentDevice && !port.Open {
			v.lose(LostAgent, nil, 2*time.Second)
		}
	case "SHUTDOWN":
		go v.seeOff()
	case "STOP":
		if v.machine.Debugger == "" {
			v.lose(LostStopped, nil, 0)
		}
	}
}

// seeOff ends a QEMU that has said that it ends, and does not: QEMU 7.2 waits for
// ever for a question that it was asked at that very moment (monitor_cleanup).
// Everything that its guest had to say is on the way by then.
func (v *VM) seeOff() {
	select {
	case <-v.over:
	case <-time.After(10 * time.Second):
		v.kill()
	}
}

// Paused waits until a debugger has stopped the machine. The error is a
// [*Lost].
func (v *VM) Paused(ctx context.Context) error {
	_, err := v.wait(ctx, "waiting for the debugger", func(e Event) bool { return e.Name == "STOP" })
	return err
}

// lose declares that the agent cannot answer any more, unless the VM ends
// within grace: a kernel that goes down takes its agent first, and its end is
// the better reason.
func (v *VM) lose(kind LostKind, err error, grace time.Duration) {
	go func() {
		if grace > 0 {
			late, cancel := v.allow(context.Background(), grace)
			defer cancel()
			select {
			case <-v.over:
			case <-late.Done():
			}
		}
		v.lostOnce.Do(func() {
			v.why = Lost{Kind: kind, Err: err}
			close(v.lost)
		})
	}()
}

// wait waits for an event that is wanted, among those that were and those that
// come. It returns a [*Lost] when the VM ends first.
func (v *VM) wait(ctx context.Context, during string, wanted func(Event) bool) (Event, error) {
	for seen := 0; ; {
		v.mu.Lock()
		news, happened := v.events[seen:], v.happened
		v.mu.Unlock()
		seen += len(news)
		for _, e := range news {
			if wanted(e) {
				return e, nil
			}
		}
		select {
		case <-happened:
		case <-v.over:
			return Event{}, v.exited(during)
		case <-ctx.Done():
			return Event{}, lostTo(ctx, during)
		}
	}
}
