// SPDX-License-Identifier: GPL-2.0-only

package vm

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// block is the unit in which memory is looked at: a guest's page.
const block = 4096

// sum identifies a file's contents.
type sum struct {
	Size   int64
	SHA256 string // of the blocks that are not zero, with their positions
}

// sumFile reads the file at path and returns its sum. It does not read holes,
// and a hole and zeros are the same to it: a guest's memory is mostly that.
func sumFile(path string) (sum, error) {
	h := sha256.New()
	size, err := eachBlock(path, func(_ *os.File, at int64, data []byte, zero bool) error {
		if !zero {
			var pos [8]byte
			binary.BigEndian.PutUint64(pos[:], uint64(at))
			h.Write(pos[:])
			h.Write(data)
		}
		return nil
	})
	return sum{Size: size, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// digHoles gives the disk space of zeros back.
func digHoles(path string) error {
	_, err := eachBlock(path, func(f *os.File, at int64, data []byte, zero bool) error {
		if !zero {
			return nil
		}
		err := unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, at, int64(len(data)))
		if errors.Is(err, unix.EOPNOTSUPP) {
			return nil // a file system without holes
		}
		return err
	})
	return err
}

// eachBlock calls f with each block of the file at path that is not in a hole,
// and returns the file's size.
func eachBlock(path string, f func(file *os.File, at int64, data []byte, zero bool) error) (int64, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return 0, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	size := info.Size()
	var zeros [block]byte
	buf := make([]byte, 256*block)
	for at := int64(0); at < size; {
		start, end, err := extent(file, at, size)
		if err != nil {
			return 0, err
		}
		for at = start; at < end; {
			n, err := file.ReadAt(buf[:min(int64(len(buf)), end-at)], at)
			if err != nil && !errors.Is(err, io.EOF) {
				return 0, err
			}
			if n == 0 {
				return 0, io.ErrUnexpectedEOF // somebody cuts it
			}
			for i := 0; i < n; i += block {
				data := buf[i:min(i+block, n)]
				if err := f(file, at+int64(i), data, string(data) == string(zeros[:len(data)])); err != nil {
					return 0, err
				}
			}
			at += int64(n)
		}
	}
	return size, nil
}

// extent returns where data begins and ends, from at on, rounded outwards to
// whole blocks.
func extent(f *os.File, at, size int64) (start, end int64, err error) {
	start, err = f.Seek(at, unix.SEEK_DATA)
	if errors.Is(err, unix.ENXIO) {
		return size, size, nil // nothing but a hole from here on
	}
	if err != nil {
		return 0, 0, err
	}
	end, err = f.Seek(start, unix.SEEK_HOLE)
	if err != nil {
		return 0, 0, err
	}
	return start / block * block, min((end+block-1)/block*block, size), nil
}

// copyToFile makes the file at path of all that r gives.
func copyToFile(path string, r io.Reader) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if _, err := io.Copy(f, r); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
