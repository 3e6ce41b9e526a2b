// SPDX-License-Identifier: GPL-2.0-only

package explain

import (
	"bufio"
	"compress/bzip2"
	"compress/gzip"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
	"github.com/therootcompany/xz"
)

// packings are how those who keep logs pack them, by the bytes that each begins
// with. Each unpacks as it is read.
var packings = []struct {
	begins string
	unpack func(io.Reader) (io.Reader, error)
}{
	{"\x1f\x8b", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"BZh", func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
	{"\xfd7zXZ\x00", func(r io.Reader) (io.Reader, error) { return xz.NewReader(r, dictionary) }},
	{"\x28\xb5\x2f\xfd", func(r io.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(dictionary))
	}},
}

// dictionary is how much of what was unpacked a packed log may refer to, which is
// what it takes of memory: as much as xz -9 does, and eight times what zstd does
// unless it is told otherwise.
const dictionary = 64 << 20

// unpacked returns what r holds, or what is packed in it.
func unpacked(r io.Reader) (io.Reader, error) {
	ahead := bufio.NewReader(r)
	for _, p := range packings {
		begin, _ := ahead.Peek(len(p.begins)) // an error comes again with the next read
		if strings.HasPrefix(string(begin), p.begins) {
			return p.unpack(ahead)
		}
	}
	return ahead, nil
}
