// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// arm64Image returns the bare Image inside the packed image of an arm64
// kernel: it is one already, is one compressed with gzip, or is an EFI program
// that unpacks itself (drivers/firmware/efi/libstub/zboot-header.S).
func arm64Image(text []byte) ([]byte, error) {
	switch {
	case isArm64Image(text):
		return text, nil
	case bytes.HasPrefix(text, []byte("\x1f\x8b")):
		return inflated("gzip", text)
	}
	const zimg, offset, size, method, header = 4, 8, 12, 24, 64
	if len(text) < header || !bytes.HasPrefix(text, []byte("MZ")) || string(text[zimg:zimg+4]) != "zimg" {
		return nil, fmt.Errorf("no arm64 Image, bare or packed in a way that is known")
	}
	begin := uint64(binary.LittleEndian.Uint32(text[offset:]))
	end := begin + uint64(binary.LittleEndian.Uint32(text[size:]))
	if end > uint64(len(text)) {
		return nil, fmt.Errorf("payload ends at %d of %d bytes", end, len(text))
	}
	name, _, _ := bytes.Cut(text[method:method+32], []byte{0})
	return inflated(string(name), text[begin:end])
}

// inflated unpacks an Image.
func inflated(method string, packed []byte) ([]byte, error) {
	var r io.Reader
	var err error
	switch method {
	case "gzip":
		r, err = gzip.NewReader(bytes.NewReader(packed))
	case "zstd", "zstd22":
		var z *zstd.Decoder
		if z, err = zstd.NewReader(bytes.NewReader(packed)); err == nil {
			defer z.Close()
			r = z
		}
	default:
		return nil, fmt.Errorf("packed with %q, which is not known here", method)
	}
	if err != nil {
		return nil, err
	}
	image, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	if !isArm64Image(image) {
		return nil, fmt.Errorf("what is packed is no arm64 Image")
	}
	return image, nil
}

// isArm64Image looks for the magic number of the Image's header
// (Documentation/arch/arm64/booting.rst).
func isArm64Image(text []byte) bool {
	const magic = 56
	return len(text) >= magic+4 && string(text[magic:magic+4]) == "ARM\x64"
}
