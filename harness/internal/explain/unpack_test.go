// SPDX-License-Identifier: GPL-2.0-only

package explain

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	decoder "github.com/therootcompany/xz"
	"github.com/ulikunitz/xz"
)

const packedLog = "[    1.000000] BUG: unable to handle page fault for address: 1\n"

// bzipped is packedLog: no package at hand writes bzip2.
const bzipped = "\x42\x5a\x68\x39\x31\x41\x59\x26\x53\x59\xd6\x4c\xed\x69\x00\x00\x0e\x5f\x80\x50\x10\x40\x01\x60\x10\x10\x80\x02\x0a\x37\xc5\xde\x00\x20\x00\x41\x10\x4f\x29\xe8\xd4\x0f\x50\x1e\x29\x8a\x34\x34\x00\x00\x05\x44\xa9\x24\x3d\x19\x61\xa8\x02\x76\x96\xb7\x48\xe2\xaa\xaa\xae\x30\xed\xe8\x0b\x3c\x07\xd6\x02\x98\xc7\xe1\x93\xdc\x9f\x3e\x9d\x04\xe7\x81\x77\x24\x53\x85\x09\x0d\x64\xce\xd6\x90"

// packers are what logs are packed with.
var packers = map[string]func(w io.Writer) (io.WriteCloser, error){
	"gzip": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	"xz":   func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
	"zstd": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) },
}

func packed(t *testing.T, with string, log io.Reader) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := packers[with](&b)
	if err == nil {
		_, err = io.Copy(w, log)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadPacked(t *testing.T) {
	logs := map[string]string{"not packed": packedLog, "bzip2": bzipped}
	for name := range packers {
		log := string(packed(t, name, strings.NewReader(packedLog)))
		logs[name] = log
		logs[name+", twice in a row"] = log + log
	}
	for name, log := range logs {
		got := read(t, log)
		want := 1 + strings.Count(name, "twice")
		if len(got.Complaints) != 1 || got.Lines != want {
			t.Errorf("%s: Read() = %+v; want the complaint, in %d lines", name, got, want)
		}
	}
}

// A packed log that is cut is told up to there, and that it is cut.
func TestReadPackedCut(t *testing.T) {
	for name := range packers {
		log := packed(t, name, strings.NewReader(strings.Repeat(packedLog, 100)))
		if _, err := Read(bytes.NewReader(log[:len(log)-9])); err == nil {
			t.Errorf("%s: Read() of a part has no error", name)
		}
	}
	if _, err := Read(strings.NewReader("\x1f\x8b, said the module")); !errors.Is(err, gzip.ErrHeader) {
		t.Errorf("Read() = %v; want %v", err, gzip.ErrHeader)
	}
}

// What is small and unpacks to much needs no more memory for that.
func TestReadBomb(t *testing.T) {
	const size, most = 64 << 20, 32 << 20
	for name := range packers {
		bomb := packed(t, name, io.LimitReader(zeros{}, size))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Read(bytes.NewReader(bomb)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		runtime.ReadMemStats(&after)
		if used := after.TotalAlloc - before.TotalAlloc; used > most {
			t.Errorf("%s: Read() of a bomb of %d bytes allocates %d MiB; want at most %d", name, len(bomb), used>>20, most>>20)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// Who asks for a huge dictionary is refused.
func TestReadHugeDictionary(t *testing.T) {
	log := packed(t, "xz", strings.NewReader(packedLog))
	header := log[12:24] // its length / 4 - 1, flags, the filter, the length of its property, the property
	header[4] = 36       // 1 GiB
	binary.LittleEndian.PutUint32(header[8:], crc32.ChecksumIEEE(header[:8]))
	if _, err := Read(bytes.NewReader(log)); !errors.Is(err, decoder.ErrMemlimit) {
		t.Errorf("xz: Read() = %v; want %v", err, decoder.ErrMemlimit)
	}
	log = packed(t, "zstd", io.LimitReader(zeros{}, 1<<20))
	log[5] = 0xa0 // 1 GiB
	if _, err := Read(bytes.NewReader(log)); !errors.Is(err, zstd.ErrWindowSizeExceeded) {
		t.Errorf("zstd: Read() = %v; want %v", err, zstd.ErrWindowSizeExceeded)
	}
}
