// SPDX-License-Identifier: GPL-2.0-only

package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A frame is a magic number, the length of the header, the length of the blob
// (big endian, four bytes each), the header and the blob. The header is the
// message's kind and its fields; see codec.go. Lengths are checked before
// anything is read, so a broken peer costs no memory.
const (
	magic     = 0x6b6d6f64 // "kmod": what else writes to the port shows at once
	prefix    = 12
	maxHeader = 1 << 20  // 1 MiB; argument lists are the longest headers
	maxBlob   = 64 << 20 // 64 MiB; a module with debug information stays below 1 MB
)

// Append appends the frame of m to dst. The error is for messages that are too
// big to be sent.
func Append(dst []byte, m Message) ([]byte, error) {
	start := len(dst)
	var head [prefix]byte
	dst = append(dst, head[:]...)
	dst, blob := appendHeader(dst, m)
	header := len(dst) - start - prefix
	if header > maxHeader || len(blob) > maxBlob {
		return dst[:start], fmt.Errorf("a message of %d and %d bytes; at most %d and %d can be sent", header, len(blob), maxHeader, maxBlob)
	}
	binary.BigEndian.PutUint32(dst[start:], magic)
	binary.BigEndian.PutUint32(dst[start+4:], uint32(header))
	binary.BigEndian.PutUint32(dst[start+8:], uint32(len(blob)))
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
	return parseHeader(header, blob)
}

// readN reads n bytes. It takes memory as bytes arrive, not as they are
// promised.
func readN(r io.Reader, n uint32) ([]byte, error) {
	const piece = 1 << 20
	if n == 0 {
		return nil, nil
	}
	if n <= piece {
		b := make([]byte, n)
		_, err := io.ReadFull(r, b)
		return b, inside(err)
	}
	var b bytes.Buffer
	b.Grow(piece)
	_, err := io.CopyN(&b, r, int64(n))
	return b.Bytes(), inside(err)
}

// inside is err for a place where the stream must not end.
func inside(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
