// SPDX-License-Identifier: GPL-2.0-only

package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// The header is written by executor: numbers as varints, texts with their length
// in front, in the order of the fields. encoding/json would do it in fewer
// lines, but an emulator translates each instruction that it meets for the
// first time, in every clone anew, and reflection meets a great many.

// The kinds of messages, the first byte of a header.
const (
	kindHello byte = iota + 1
	kindOrder
	kindAnswer
	kindRecord
	kindLost
	kindFallen
)

// appendHeader appends the header of m to b, and returns m's blob.
func appendHeader(b []byte, m Message) (header, blob []byte) {
	switch m := m.(type) {
	case *Hello:
		b = append(b, kindHello)
		b = appendText(b, m.Release, m.Version, m.Machine)
		return appendNumber(b, int64(m.CPUs)), nil
	case *Order:
		b = append(b, kindOrder)
		b = binary.AppendUvarint(b, m.ID)
		b = appendText(b, string(m.Verb), m.Name, m.Params, m.Path)
		b = appendNumber(b, int64(m.Flags), int64(m.Mode), int64(len(m.Argv)))
		return appendText(b, m.Argv...), m.Blob
	case *Answer:
		b = append(b, kindAnswer)
		b = binary.AppendUvarint(b, m.ID)
		b = appendNumber(b, int64(m.Errno), int64(m.Exit), int64(m.Elapsed))
		return appendText(b, m.Problem, m.Died), m.Blob
	case *Record:
		return append(b, kindRecord), m.Raw
	case *Lost:
		return append(b, kindLost), nil
	case *Fallen:
		return appendText(append(b, kindFallen), m.How), nil
	}
	return b, nil // there are no other messages
}

func appendText(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return b
}

func appendNumber(b []byte, numbers ...int64) []byte {
	for _, n := range numbers {
		b = binary.AppendVarint(b, n)
	}
	return b
}

// parseHeader returns the message that header and blob make.
func parseHeader(header, blob []byte) (Message, error) {
	if len(header) == 0 {
		return nil, errors.New("a message without a kind")
	}
	p := parser{rest: header[1:]}
	var m Message
	switch header[0] {
	case kindHello:
		m = &Hello{Release: p.text(), Version: p.text(), Machine: p.text(), CPUs: int(p.number())}
	case kindOrder:
		o := &Order{ID: p.id(), Verb: Verb(p.text()), Name: p.text(), Params: p.text(), Path: p.text(),
			Flags: int(p.number()), Mode: uint32(p.number()), Blob: blob}
		for n := p.number(); n > 0 && !p.bad; n-- {
			o.Argv = append(o.Argv, p.text())
		}
		m = o
	case kindAnswer:
		m = &Answer{ID: p.id(), Errno: int(p.number()), Exit: int(p.number()), Elapsed: time.Duration(p.number()),
			Problem: p.text(), Died: p.text(), Blob: blob}
	case kindRecord:
		m = &Record{Raw: blob}
	case kindLost:
		m = &Lost{}
	case kindFallen:
		m = &Fallen{How: p.text()}
	default:
		return nil, fmt.Errorf("a message of the unknown kind %d", header[0])
	}
	if p.bad || len(p.rest) > 0 {
		return nil, fmt.Errorf("a %T with a malformed header of %d bytes", m, len(header))
	}
	return m, nil
}

// parser takes fields off a header. After the first that is malformed, bad is
// set and every field is zero.
type parser struct {
	rest []byte
	bad  bool
}

func (p *parser) id() uint64 {
	n, size := binary.Uvarint(p.rest)
	return n * uint64(p.take(size))
}

func (p *parser) number() int64 {
	n, size := binary.Varint(p.rest)
	return n * int64(p.take(size))
}

func (p *parser) text() string {
	n, size := binary.Uvarint(p.rest)
	if p.take(size) == 0 || n > uint64(len(p.rest)) {
		p.bad = true
		return ""
	}
	s := string(p.rest[:n])
	p.rest = p.rest[n:]
	return s
}

// take drops size bytes, and returns 1 if that was possible and 0 if not.
func (p *parser) take(size int) int {
	if p.bad || size <= 0 {
		p.bad = true
		return 0
	}
	p.rest = p.rest[size:]
	return 1
}
