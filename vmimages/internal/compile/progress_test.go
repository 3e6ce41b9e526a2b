// SPDX-License-Identifier: GPL-2.0-only

package compile

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Progress goes by what make says that it makes, however the text is cut.
func TestCounter(t *testing.T) {
	const text = "make: Entering directory '/x'\n  GEN     Makefile\n  CC      kernel/fork.o\nkernel/fork.c:12: warning: x\n  CC [M]  a.o\n   3 | int a;\n  HOSTCC  scripts/basic/fixdep\n  no rule\n  AR      built-in.a"
	for _, size := range []int{1, 7, len(text)} {
		var told []string
		c := &counter{total: 3, tell: func(done, total int64) { told = append(told, fmt.Sprintf("%d of %d", done, total)) }}
		for rest := text; rest != ""; {
			n, err := c.Write([]byte(rest[:min(size, len(rest))]))
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		want := []string{"1 of 3", "2 of 3", "3 of 3", "4 of 4"}
		if size == len(text) {
			want = want[3:]
		}
		if d := cmp.Diff(want, told); d != "" {
			t.Errorf("in pieces of %d (-want +got):\n%s", size, d)
		}
	}
}

// What a compiler prints never stops it.
func FuzzCounter(f *testing.F) {
	f.Add("  CC      kernel/fork.o\n", 3)
	f.Fuzz(func(t *testing.T, text string, cut int) {
		c := &counter{tell: func(done, total int64) {
			if done > total {
				t.Errorf("%d of %d", done, total)
			}
		}}
		cut = max(0, min(cut, len(text)))
		c.Write([]byte(text[:cut]))
		c.Write([]byte(text[cut:]))
		if c.done > int64(strings.Count(text, "\n")) {
			t.Errorf("%d made in %q", c.done, text)
		}
	})
}
