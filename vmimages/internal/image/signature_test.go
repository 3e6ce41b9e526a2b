// SPDX-License-Identifier: GPL-2.0-only

package image

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func TestWithoutSignature(t *testing.T) {
	pe := make([]byte, 512)
	copy(pe, "MZ")
	binary.LittleEndian.PutUint32(pe[0x3c:], 128)
	binary.LittleEndian.PutUint16(pe[128+24:], 0x20b)
	unsigned := bytes.Clone(pe)
	copy(pe[128+24+144:], "\x11\x22\x33\x44\x55\x66\x77\x88")
	for name, tt := range map[string]struct{ in, want []byte }{
		"signed":      {pe, unsigned},
		"not a PE":    {[]byte("ELF and so on"), []byte("ELF and so on")},
		"short":       {[]byte("MZ"), []byte("MZ")},
		"wild offset": {append([]byte("MZ"), bytes.Repeat([]byte{0xff}, 100)...), append([]byte("MZ"), bytes.Repeat([]byte{0xff}, 100)...)},
	} {
		t.Run(name, func(t *testing.T) {
			if got := withoutSignature(bytes.Clone(tt.in)); !bytes.Equal(got, tt.want) {
				t.Errorf("withoutSignature(%x) = %x; want %x", tt.in, got, tt.want)
			}
		})
	}
}
