// SPDX-License-Identifier: GPL-2.0-only

package klog

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

const (
	maxLine = 64 << 10  // what is kept of a line; a record of the kernel's is far shorter
	window  = 256 << 10 // how far ahead is looked
)

// source cuts a stream into lines and keeps no more of it than the window.
type source struct {
	r    *bufio.Reader
	past int // lines that have ended
	at   int // bytes that were read
	vain int // to here an object was looked for in vain
}

func newSource(r io.Reader) *source {
	s := &source{r: bufio.NewReaderSize(&sticky{r: r}, window)}
	// UTF-16 needs no more than this: its other zero bytes vanish with all
	// that are in a line.
	for _, mark := range []string{"\xef\xbb\xbf", "\xff\xfe", "\xfe\xff"} {
		if s.follows(mark) {
			s.r.Discard(len(mark))
			break
		}
	}
	return s
}

// sticky is a reader that does not go on after an error: package bufio tells an
// error once, and who looked ahead would have taken it.
type sticky struct {
	r   io.Reader
	err error
}

func (s *sticky) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.r.Read(p)
	s.err = err
	return n, err
}

// next returns the byte that comes next, or 0.
func (s *source) next() byte {
	if b, _ := s.r.Peek(1); len(b) > 0 {
		return b[0]
	}
	return 0
}

func (s *source) follows(text string) bool {
	b, _ := s.r.Peek(len(text))
	return string(b) == text
}

// line returns the next line without its end, and its number. Of a longer one
// than maxLine it returns the beginning. It is valid until the next call.
func (s *source) line() ([]byte, int, error) {
	raw, err := s.r.ReadSlice('\n')
	s.at += len(raw)
	if len(raw) == 0 {
		return nil, 0, err
	}
	n := s.past + 1
	if errors.Is(err, bufio.ErrBufferFull) {
		raw = bytes.Clone(raw[:maxLine])
		for errors.Is(err, bufio.ErrBufferFull) {
			var more []byte
			more, err = s.r.ReadSlice('\n')
			s.at += len(more)
		}
	}
	if err == nil {
		s.past++
	}
	return cut(raw), n, nil // an error comes again with the next call
}

func cut(raw []byte) []byte {
	end := min(len(raw), maxLine)
	for end > 0 && (raw[end-1] == '\n' || raw[end-1] == '\r') {
		end--
	}
	return raw[:end]
}

// ahead shows the lines of the window, without reading them, until enough says
// that it has seen enough. It does not wait for more than that takes.
func (s *source) ahead(enough func(line []byte) bool) {
	begin, end := 0, 0 // of the line that is looked for
	for {
		_, err := s.r.Peek(min(end+1, window))
		b, _ := s.r.Peek(s.r.Buffered())
		for end < len(b) {
			i := bytes.IndexByte(b[end:], '\n')
			if i < 0 {
				end = len(b)
				break
			}
			end += i + 1
			if enough(cut(b[begin:end])) {
				return
			}
			begin = end
		}
		if err != nil || len(b) == window {
			if begin < len(b) {
				enough(cut(b[begin:]))
			}
			return
		}
	}
}

// skip reads on while the bytes are of set.
func (s *source) skip(set string) {
	for {
		b, err := s.r.ReadByte()
		if err != nil {
			return
		}
		if strings.IndexByte(set, b) < 0 {
			s.r.UnreadByte()
			return
		}
		s.at++
		if b == '\n' {
			s.past++
		}
	}
}

// discard reads over n bytes that were looked at.
func (s *source) discard(b []byte) {
	s.past += bytes.Count(b, []byte{'\n'})
	s.at += len(b)
	s.r.Discard(len(b))
}
