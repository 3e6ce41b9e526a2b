// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"io"
	"strings"
	"sync"
)

// transcript keeps what a stream said. Of a stream that says too much it keeps
// the beginning and the end.
type transcript struct {
	mu      sync.Mutex
	head    []byte
	tail    []byte
	skipped int
	viewer  io.Writer // sees the stream as it comes; may be nil
}

const transcriptHalf = 1 << 20 // bytes kept of the beginning, and of the end

// readFrom takes in all of r.
func (t *transcript) readFrom(r io.Reader) {
	for buf := make([]byte, 32<<10); ; {
		n, err := r.Read(buf)
		t.add(buf[:n])
		t.mu.Lock()
		viewer := t.viewer
		t.mu.Unlock()
		if viewer != nil {
			viewer.Write(buf[:n]) // one that is gone misses nothing
		}
		if err != nil {
			return
		}
	}
}

// show has everything that comes from now on written to w too; to nobody for
// nil.
func (t *transcript) show(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.viewer = w
}

func (t *transcript) add(b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	room := min(len(b), transcriptHalf-len(t.head))
	t.head = append(t.head, b[:room]...)
	t.tail = append(t.tail, b[room:]...)
	if over := len(t.tail) - transcriptHalf; over > transcriptHalf { // now and then, not at each byte
		t.tail = append([]byte(nil), t.tail[over:]...)
		t.skipped += over
	}
}

// text returns the stream as text with plain newlines.
func (t *transcript) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := string(t.head)
	if t.skipped > 0 {
		all += "\n[...]\n"
	}
	return strings.ReplaceAll(all+string(t.tail), "\r\n", "\n")
}
