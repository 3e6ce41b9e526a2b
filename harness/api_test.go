// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

func TestParseSymbols(t *testing.T) {
	for list, want := range map[string][]string{
		"del_timer":                      {"del_timer"},
		"del_timer,asm/unaligned.h":      {"del_timer", "asm/unaligned.h"},
		"del_timer, _x1 linux/pci-dma.h": {"del_timer", "_x1", "linux/pci-dma.h"},
		"":                               nil,
		" , ":                            nil,
		"a-b":                            nil,
		"1a":                             nil,
		"a,b()":                          nil,
		"*.c":                            nil,
	} {
		got, err := parseSymbols(list)
		if d := cmp.Diff(want, got); d != "" || (err != nil) != (want == nil) || err != nil && fault.Of(err) != fault.Usage {
			t.Errorf("parseSymbols(%q) = %v (-want +got):\n%s", list, err, d)
		}
	}
}

func TestTellRemovals(t *testing.T) {
	var b strings.Builder
	if err := tellRemovals(&b, []string{"timer_delete", "del_timer", "asm/unaligned.h"}); err != nil {
		t.Fatal(err)
	}
	const want = "del_timer: since 6.15 it is timer_delete() (commit 8fa7292fee5c)\nasm/unaligned.h: since 6.12 it is linux/unaligned.h (commit 5f60d5f6bbc1)\n"
	if b.String() != want {
		t.Errorf("tellRemovals() = %q; want %q", b.String(), want)
	}
}
