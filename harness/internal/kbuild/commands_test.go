// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseCommand(t *testing.T) {
	for name, tt := range map[string]struct {
		text string
		want Command
		ok   bool
	}{
		"6.1": {
			text: "cmd_/stage/a/a.o := gcc-12 -Wp,-MMD,/stage/a/.a.o.d -nostdinc -I./include  -DX='\"a b\"'  -c -o /stage/a/a.o /stage/a/a.c\n\nsource_/stage/a/a.o := /stage/a/a.c\n",
			want: Command{"/headers", `gcc-12 -nostdinc -I./include  -DX='"a b"'  -c -o /stage/a/a.o /stage/a/a.c`, "/stage/a/a.c"}, ok: true,
		},
		"6.12, with objtool": {
			text: "savedcmd_/stage/a/a.o := gcc-14 -nostdinc  -c -o /stage/a/a.o /stage/a/a.c   ; ./tools/objtool/objtool --orc --module /stage/a/a.o\n",
			want: Command{"/headers", "gcc-14 -nostdinc  -c -o /stage/a/a.o /stage/a/a.c", "/stage/a/a.c"}, ok: true,
		},
		"7.3, relative": {
			text: "savedcmd_a/a.o := gcc-14 -nostdinc -c -o a/a.o a/a.c   ; /headers/tools/objtool/objtool a/a.o\n",
			want: Command{"/stage", "gcc-14 -nostdinc -c -o a/a.o a/a.c", "/stage/a/a.c"}, ok: true,
		},
		"what modpost made": {text: "savedcmd_a/a.mod.o := gcc-14 -nostdinc -c -o a/a.mod.o a/a.mod.c\n"},
		"a link":            {text: "savedcmd_a/a.o := ld -r -o a/a.o a/x.o a/y.o\n"},
		"nothing":           {text: ""},
	} {
		got, ok := parseCommand(tt.text, "/stage", "/headers")
		if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
			t.Errorf("%s: parseCommand() is %v; want %v; (-want +got)\n%s", name, ok, tt.ok, diff)
		}
	}
}
