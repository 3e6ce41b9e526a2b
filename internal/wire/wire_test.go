// SPDX-License-Identifier: GPL-2.0-only

package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func messages() []Message {
	return []Message{
		&Hello{Release: "6.12.118", Version: "#1 SMP", Machine: "x86_64", CPUs: 2},
		&Order{ID: 1, Verb: DoInsert, Params: "a=1 b=\"x y\"", Blob: bytes.Repeat([]byte{0x7f, 0}, 40000)},
		&Order{ID: 2, Verb: DoRun, Argv: []string{"ls", "-l", "/"}},
		&Answer{ID: 1, Errno: 17, Elapsed: 3 * time.Millisecond},
		&Answer{ID: 2, Exit: 1, Blob: []byte("output")},
		&Answer{ID: 3, Died: "killed by an oops", Problem: "x"},
		&Record{Raw: []byte("6,1,2,-;hello\n")},
		&Lost{},
		&Fallen{How: "the task was killed"},
	}
}

func TestRoundTrip(t *testing.T) {
	var stream []byte
	for _, m := range messages() {
		var err error
		if stream, err = Append(stream, m); err != nil {
			t.Fatalf("Append(%T) = %v; want no error", m, err)
		}
	}
	r := iotest.OneByteReader(bytes.NewReader(stream)) // a port may return any piece
	for _, want := range messages() {
		got, err := Read(r)
		if err != nil {
			t.Fatalf("Read of a %T = %v; want no error", want, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Read of a %T: (-want +got)\n%s", want, diff)
		}
	}
	if _, err := Read(r); err != io.EOF {
		t.Errorf("Read at the end = %v; want io.EOF", err)
	}
}

func TestReadCutStream(t *testing.T) {
	whole, err := Append(nil, &Order{ID: 1, Verb: DoInsert, Blob: []byte("blob")})
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n < len(whole); n++ {
		if _, err := Read(bytes.NewReader(whole[:n])); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("Read of %d of %d bytes = %v; want io.ErrUnexpectedEOF", n, len(whole), err)
		}
	}
}

func frame(magic, header, blob uint32, rest string) string {
	var b []byte
	for _, n := range []uint32{magic, header, blob} {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return string(b) + rest
}

func TestReadRefuses(t *testing.T) {
	for _, tt := range []struct{ name, stream, want string }{
		{"console text", "login: whatever", "no message begins with"},
		{"huge header", frame(magic, maxHeader+1, 0, ""), "at most"},
		{"huge blob", frame(magic, 2, maxBlob+1, "{}"), "at most"},
		{"no kind", frame(magic, 0, 0, ""), "without a kind"},
		{"unknown kind", frame(magic, 1, 0, "\xff"), "unknown kind"},
		{"header too short", frame(magic, 2, 0, "\x01\x05"), "malformed"},
		{"header too long", frame(magic, 2, 0, "\x05\x00"), "malformed"},
		{"more arguments than bytes", frame(magic, 10, 0, "\x02\x01\x00\x00\x00\x00\x00\x00\x00\x7e"), "malformed"},
	} {
		m, err := Read(strings.NewReader(tt.stream))
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: Read = %v, %v; want an error with %q", tt.name, m, err, tt.want)
		}
	}
}

func TestAppendRefusesTooBig(t *testing.T) {
	if _, err := Append(nil, &Answer{Blob: make([]byte, maxBlob+1)}); err == nil {
		t.Errorf("Append of a blob of %d bytes succeeded; want an error", maxBlob+1)
	}
}

// FuzzRead checks that no stream crashes the reader, and that what it accepts
// survives being written again.
func FuzzRead(f *testing.F) {
	for _, m := range messages() {
		b, err := Append(nil, m)
		if err != nil {
			f.Fatal(err)
		}
		if len(b) < 1000 {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, stream []byte) {
		m, err := Read(bytes.NewReader(stream))
		if err != nil {
			return
		}
		b, err := Append(nil, m)
		if err != nil {
			t.Fatalf("Append(Read(%q)) = %v; want no error", stream, err)
		}
		again, err := Read(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("Read(Append(Read(%q))) = %v; want no error", stream, err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Errorf("message changed on its way: (-first +second)\n%s", diff)
		}
	})
}
