// SPDX-License-Identifier: GPL-2.0-only

package kernel

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseExports(t *testing.T) {
	got, err := parseExports(strings.NewReader("0xf7370f56\tsystem_state\tvmlinux\tEXPORT_SYMBOL\t\n" +
		"0xbea5ff1e\tcrc7_be\tlib/crc7\tEXPORT_SYMBOL_GPL\t\n" +
		"0x00000000\tdma_buf_get\tvmlinux\tEXPORT_SYMBOL_GPL\tDMA_BUF\n" +
		"0x00000000\told\tvmlinux\tEXPORT_SYMBOL\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := Exports{
		"system_state": {Object: "vmlinux"},
		"crc7_be":      {Object: "lib/crc7", GPL: true},
		"dma_buf_get":  {Object: "vmlinux", GPL: true, Namespace: "DMA_BUF"},
		"old":          {Object: "vmlinux"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("parseExports() (-want +got):\n%s", d)
	}
}

// What is read has a name for each of its lines, or is an error.
func FuzzParseExports(f *testing.F) {
	f.Add("0xf7370f56\tsystem_state\tvmlinux\tEXPORT_SYMBOL\t\n")
	f.Add("0x1\tonly\n")
	f.Add("\t\t\t\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseExports(strings.NewReader(text))
		if err == nil && len(got) > strings.Count(text, "\n")+1 {
			t.Errorf("%d symbols in %d lines", len(got), strings.Count(text, "\n")+1)
		}
	})
}
