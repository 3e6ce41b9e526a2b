// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"bytes"
	"regexp"
)

// counter counts what make has made, by what it prints.
type counter struct {
	total int64 // how much there is to be made; 0 when that is not known
	done  int64
	tell  func(done, total int64)
	rest  []byte // the beginning of a line
}

// made is a line in which Kbuild says what it makes: "  CC      kernel/fork.o".
var made = regexp.MustCompile(`^  [A-Z][A-Z0-9_]*( \[M\])? +\S`)

// Write takes in what make prints.
func (c *counter) Write(text []byte) (int, error) {
	c.rest = append(c.rest, text...)
	before := c.done
	for {
		line, rest, ok := bytes.Cut(c.rest, []byte("\n"))
		if !ok {
			break
		}
		if made.Match(line) {
			c.done++
		}
		c.rest = rest
	}
	if c.done != before {
		c.tell(c.done, max(c.total, c.done))
	}
	return len(text), nil
}
