// SPDX-License-Identifier: GPL-2.0-only

// Package wire is the language of the harness and its agent in the guest.
//
// There are two programs in the guest, with a port each. The executor enters the
// kernel: it inserts and removes modules, reads and writes files. The agent
// does all else, and stays there when the executor hangs or is killed.
//
// The agent says Hello once. The harness sends Orders to either, each sends one
// Answer for each, and Records of the kernel log ahead of it: every record that
// was logged before the order was done and that it has not sent yet. So whoever
// has read an answer has read the whole log of its step. A record that both
// have sent comes twice; its sequence number tells. When the executor has died, the
// agent says Fallen, and starts another one.
//
// The package turns messages into bytes and back and does nothing else: it
// opens nothing, waits for nothing, retries nothing.
package wire

import "time"

// The names of the virtio-serial ports; a guest finds them in
// /sys/class/virtio-ports/*/name.
const (
	AgentPort    = "kmodlab.agent"
	ExecutorPort = "kmodlab.executor"
)

// GODEBUG is what the Go runtime of the guest's programs has to be told: not to
// preempt goroutines by signals, which would wake a module that sleeps
// interruptibly, and not to look every second whether the number of CPUs has
// changed.
const GODEBUG = "asyncpreemptoff=1,updatemaxprocs=0"

// MaxOutput is how many bytes of a command's output, or of a file, an answer
// carries: what never ends must not take the guest's memory. The longest there
// is of use is /proc/kallsyms, with 7 MB in 6.12.
const MaxOutput = 24 << 20

// Message is one of the pointers to [Hello], [Order], [Answer], [Record],
// [Lost], [Fallen].
type Message interface{ message() }

// Hello is the agent's first message: it is ready for orders.
type Hello struct {
	Release string // uname -r
	Version string // uname -v
	Machine string // uname -m
	CPUs    int    // CPUs that are online
}

// Verb is what an order asks for.
type Verb string

// The verbs, with the fields of Order they read. The executor knows insert, remove,
// read, write and settle; the agent knows read, settle and the rest.
const (
	DoInsert Verb = "insert" // init_module(Blob, Params)
	DoRemove Verb = "remove" // delete_module(Name, Flags)
	DoRun    Verb = "run"    // run Argv with Blob as its input
	DoRead   Verb = "read"   // read the file Path
	DoWrite  Verb = "write"  // write Blob to the file Path; made with Mode when not there
	DoUnpack Verb = "unpack" // do the orders to write that Blob holds, frame after frame
	DoLook   Verb = "look"   // return what files hold and which names folders do, as orders to write: those that the patterns Argv match, folders by a pattern that ends with "/"
	DoSettle Verb = "settle" // nothing; what was logged before comes ahead of the answer
	DoStack  Verb = "stack"  // return the kernel stacks of who does the order with the number Name
)

// Order is something to do in the guest.
type Order struct {
	ID     uint64 // the answer carries it back; never 0
	Verb   Verb
	Name   string
	Params string // "a=1 b=2", as init_module takes them
	Flags  int    // of delete_module: O_NONBLOCK, O_TRUNC to force
	Argv   []string
	Path   string
	Mode   uint32
	Blob   []byte // the module, the input, the file
}

// Answer is what became of an order.
type Answer struct {
	ID      uint64
	Errno   int           // of the system call or of starting the command; 0 when all went well
	Problem string        // why it could not even be tried, for the harness
	Exit    int           // exit status of the command; 128 and more: ended by a signal
	Died    string        // how the task died that did the work, in words; empty when it lives
	Elapsed time.Duration // time the work took in the guest
	Blob    []byte        // output, or contents of the file
}

// Record is a record of the kernel log, as /dev/kmsg returned it.
type Record struct {
	Raw []byte
}

// Lost says that records were overwritten before they were read. How many
// shows in the sequence numbers.
type Lost struct{}

// Fallen says that the executor is dead, with the order that it had, if any. The
// next one takes orders as soon as this has been said.
type Fallen struct {
	How string // in words: "the task was killed inside the system call"
}

func (*Hello) message()  {}
func (*Order) message()  {}
func (*Answer) message() {}
func (*Record) message() {}
func (*Lost) message()   {}
func (*Fallen) message() {}
