// SPDX-License-Identifier: GPL-2.0-only

package wire

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// A frame is a magic number, the length of the header, the length of the blob
// (big endian, four bytes each), the header in JSON and the blob. Lengths are
// checked before anything is read, so a broken peer costs no memory.
const (
	magic     = 0x6b6d6f64 // "kmod": what else writes to the port shows at once
	prefix    = 12
	maxHeader = 1 << 20  // 1 MiB; argument lists are the longest headers
	maxBlob   = 64 << 20 // 64 MiB; a module with debug information stays below 1 MB
)

// envelope is the header: exactly one field is set.
type envelope struct {
	Hello  *Hello  `json:"hello,omitempty"`
	Order  *Order  `json:"order,omitempty"`
	Answer *Answer `json:"answer,omitempty"`
	Record *Record `json:"record,omitempty"`
	Lost   *Lost   `json:"lost,omitempty"`
}

// Append appends the frame of m to dst. The error is for messages that are too
// big to be sent.
func Append(dst []byte, m Message) ([]byte, error) {
	var env envelope
	var blob []byte
	switch m := m.(type) {
	case *Hello:
		env.Hello = m
	case *Order:
		env.Order, blob = m, m.Blob
	case *Answer:
		env.Answer, blob = m, m.Blob
	case *Record:
		env.Record, blob = m, m.Raw
	case *Lost:
		env.Lost = m
	}
	header, err := json.Marshal(env)
	if err != nil {
		return nil, err
	}
	if len(header) > maxHeader || len(blob) > maxBlob {
		return nil, fmt.Errorf("a message of %d and %d bytes; at most %d and %d can be sent", len(header), len(blob), maxHeader, maxBlob)
	}
	dst = binary.BigEndian.AppendUint32(dst, magic)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(header)))
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(blob)))
	dst = append(dst, header...)
	return append(dst, blob...), nil
}

// Read reads one message from r. It returns [io.EOF] at the end of r between
// two messages, [io.ErrUnexpectedEOF] inside of one, and another error for
// bytes that are no message; after any error r cannot be read on.
func Read(r io.Reader) (Message, error) {
	var head [prefix]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	headerLen := binary.BigEndian.Uint32(head[4:])
	blobLen := binary.BigEndian.Uint32(head[8:])
	switch {
	case binary.BigEndian.Uint32(head[:]) != magic:
		return nil, fmt.Errorf("no message begins with % x", head[:4])
	case headerLen > maxHeader || blobLen > maxBlob:
		return nil, fmt.Errorf("a message claims %d and %d bytes; at most %d and %d are allowed", headerLen, blobLen, maxHeader, maxBlob)
	}
	header, err := readN(r, headerLen)
	if err != nil {
		return nil, err
	}
	blob, err := readN(r, blobLen)
	if err != nil {
		return nil, err
	}
	return open(header, blob)
}

// readN reads n bytes. It takes memory as bytes arrive, not as they are
// promised.
func readN(r io.Reader, n uint32) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	var b bytes.Buffer
	b.Grow(int(min(n, 1<<20)))
	if _, err := io.CopyN(&b, r, int64(n)); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return b.Bytes(), nil
}

// open takes the message out of its envelope.
func open(header, blob []byte) (Message, error) {
	var env envelope
	if err := json.Unmarshal(header, &env); err != nil {
		return nil, fmt.Errorf("header %.80q: %w", header, err)
	}
	var found []Message
	if env.Hello != nil {
		found = append(found, env.Hello)
	}
	if env.Order != nil {
		env.Order.Blob = blob
		found = append(found, env.Order)
	}
	if env.Answer != nil {
		env.Answer.Blob = blob
		found = append(found, env.Answer)
	}
	if env.Record != nil {
		env.Record.Raw = blob
		found = append(found, env.Record)
	}
	if env.Lost != nil {
		found = append(found, env.Lost)
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("header %.80q holds %d messages, want one", header, len(found))
	}
	return found[0], nil
}
