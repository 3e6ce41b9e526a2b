// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// object is what the compiler noted of an object file: a .gcno file, which
// -ftest-coverage writes.
type object struct {
	Stamp     uint32 // of this very compilation
	Dir       string // where the compiler ran
	Functions []function

	size int // of the notes
}

// function is the flow graph of a function.
type function struct {
	Name     string
	Ident    uint32
	Lines    uint32 // checksum of where it stands
	Graph    uint32 // checksum of its graph
	Made     bool   // by the compiler, out of no source
	blocks   []block
	arcs     []arc
	counters int // how many arcs are counted; the others follow from those
}

// block is a piece of code that runs as a whole.
type block struct{ at []place }

// place is a line of a source, as the compiler calls the file.
type place struct {
	File string
	Line int
}

// arc leads from one block to another.
type arc struct {
	from, to int
	counted  bool
	fake     bool // only there for calls that may not return
}

// The first block of each function is where it is entered, the second where it
// is left; neither is code.
const (
	entry = 0
	exit  = 1
)

// Numbers of the format, which GCC describes in gcc/gcov-io.h: "gcno", and the
// tags of its records. Since GCC 12 lengths are in bytes.
const (
	notesMagic  = 0x67636e6f
	oldestNotes = 12
	tagFunction = 0x01000000
	tagBlocks   = 0x01410000
	tagArcs     = 0x01430000
	tagLines    = 0x01450000
	arcOnTree   = 1 << 0
	arcFake     = 1 << 1
)

var errNotes = errors.New("the compiler's notes make no sense")

// readNotes reads a .gcno file of GCC 12 or later.
func readNotes(text []byte) (*object, error) {
	r := &reader{rest: text, order: binary.LittleEndian}
	if r.number() != notesMagic {
		return nil, fmt.Errorf("%w: no .gcno file", errNotes)
	}
	if v := major(r.number()); v < oldestNotes {
		return nil, fmt.Errorf("the compiler's notes are of GCC %d, at least %d is known", v, oldestNotes)
	}
	o := &object{Stamp: r.number(), size: len(text)}
	r.number() // checksum of the whole
	o.Dir = r.text()
	r.number() // whether blocks that cannot run are noted
	for r.err == nil && len(r.rest) > 0 {
		tag := r.number()
		record := r.sub(int(r.number()))
		if r.err == nil {
			o.read(tag, record)
			r.err = record.err
		}
	}
	return o, r.err
}

// major returns the version of GCC in that of a file: "B22*" is 12.2, with a
// letter for the tens and a digit for the ones.
func major(version uint32) int {
	tens, ones := int(version>>24), int(version>>16&0xff)
	if tens < 'A' || tens > 'Z' || ones < '0' || ones > '9' {
		return 0
	}
	return (tens-'A')*10 + ones - '0'
}

// read adds a record to the object. All but the first kind belong to the
// function before them.
func (o *object) read(tag uint32, r *reader) {
	if tag == tagFunction {
		f := function{Ident: r.number(), Lines: r.number(), Graph: r.number(), Name: r.text(), Made: r.number() != 0}
		o.Functions = append(o.Functions, f)
		return
	}
	if len(o.Functions) == 0 {
		return
	}
	f := &o.Functions[len(o.Functions)-1]
	switch tag {
	case tagBlocks:
		n := int(r.number())
		if n < 2 || n > o.size || f.blocks != nil { // an arc takes more bytes than that
			r.fail()
			return
		}
		f.blocks = make([]block, n)
	case tagArcs:
		f.readArcs(r)
	case tagLines:
		f.readLines(r)
	}
}

func (f *function) readArcs(r *reader) {
	from := int(r.number())
	for r.err == nil && len(r.rest) > 0 {
		to, flags := int(r.number()), r.number()
		if r.err != nil || from >= len(f.blocks) || to >= len(f.blocks) {
			r.fail()
			return
		}
		a := arc{from: from, to: to, counted: flags&arcOnTree == 0, fake: flags&arcFake != 0}
		if a.counted {
			f.counters++
		}
		f.arcs = append(f.arcs, a)
	}
}

// readLines reads the lines of a block: numbers, and between them, after a zero,
// the file that those which follow are in. An empty name ends it.
func (f *function) readLines(r *reader) {
	n := int(r.number())
	if r.err != nil || n >= len(f.blocks) {
		r.fail()
		return
	}
	file := ""
	for r.err == nil {
		if line := r.number(); line != 0 {
			f.blocks[n].at = append(f.blocks[n].at, place{file, int(line)})
			continue
		}
		if file = r.text(); file == "" {
			return
		}
	}
}

// reader reads numbers and texts, and remembers that there was not enough.
type reader struct {
	rest  []byte
	order binary.ByteOrder
	err   error
}

func (r *reader) fail() {
	if r.err == nil {
		r.err = errNotes
	}
	r.rest = nil
}

func (r *reader) take(n int) []byte {
	if n < 0 || n > len(r.rest) {
		r.fail()
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *reader) number() uint32 {
	if b := r.take(4); b != nil {
		return r.order.Uint32(b)
	}
	return 0
}

// text reads a string, which ends with a zero byte; one of no length is empty.
func (r *reader) text() string {
	b := r.take(int(r.number()))
	if len(b) == 0 {
		return ""
	}
	return string(b[:len(b)-1])
}

// sub returns a reader of the next n bytes.
func (r *reader) sub(n int) *reader { return &reader{rest: r.take(n), order: r.order, err: r.err} }
