// SPDX-License-Identifier: GPL-2.0-only

package headline

import "testing"

func TestSample(t *testing.T) {
	for format, want := range map[string]string{
		"irq %d: nobody cared\n":               "irq 1: nobody cared",
		"x %s: %-10s|%5u|%%|%c\n":              "x name: name|1|%|A",
		"at %pS, %ps and %pB%s":                "at func+0x10/0x20, func+0x10/0x20 and func+0x10/0x20name",
		"a %p %px %pK %pa %pad":                "a ffff888000000001 ffff888000000001 ffff888000000001 ffff888000000001 ffff888000000001",
		"%pR, %pI4, %pM, %pd, %pV":             "[mem 0x00000000-0x00000fff], 10.0.0.1, 00:00:00:00:00:01, name, name",
		"mask %*pbl and %04lx %016llx %#x %lX": "mask name and 001f 000000000000001f 1f 1f",
		"\n\n=====\nWARNING: %s\nmore\n":       "WARNING: name",
		"%s %s\n":                              "", // no word of its own
		"":                                     "",
		"%.*s is 100%":                         "name is 100%",
	} {
		if got := sample(format); got != want {
			t.Errorf("sample(%q) = %q; want %q", format, got, want)
		}
	}
}
