// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every kind of error that modpost knows, in the words of the series, says which
// module it is about.
func TestModpostMessages(t *testing.T) {
	for _, tt := range []struct {
		line, file, text string
		certain          bool
	}{
		// 5.10 to 6.12
		{`ERROR: modpost: missing MODULE_LICENSE() in /src/a/a.o`, "/src/a/a.ko", "missing MODULE_LICENSE()", true},
		{`ERROR: modpost: "no_such" [/src/a/a.ko] undefined!`, "/src/a/a.ko", `"no_such" [/src/a/a.ko] undefined!`, true},
		{`WARNING: modpost: "no_such" [a/a.ko] undefined!`, "/src/a/a.ko", `"no_such" [a/a.ko] undefined!`, true},
		{`ERROR: "no_such" [a/a.ko] undefined!`, "/src/a/a.ko", `"no_such" [a/a.ko] undefined!`, true},
		{`FATAL: modpost: GPL-incompatible module a.ko uses GPL-only symbol 'x'`, "/src/a.ko", "GPL-incompatible module a.ko uses GPL-only symbol 'x'", true},
		{`ERROR: modpost: GPL-incompatible module a.ko uses GPL-only symbol 'x'`, "/src/a.ko", "GPL-incompatible module a.ko uses GPL-only symbol 'x'", true},
		{`ERROR: modpost: module a uses symbol x from namespace N, but does not import it.`, "/src/a.ko", "module a uses symbol x from namespace N, but does not import it.", true},
		{`ERROR: modpost: "x" [/src/a.ko] was exported without definition`, "/src/a.ko", `"x" [/src/a.ko] was exported without definition`, true},
		{`ERROR: modpost: /src/a: 'x' exported twice. Previous export was in /src/b.ko`, "/src/a.ko", "/src/a: 'x' exported twice. Previous export was in /src/b.ko", true},
		{`ERROR: modpost: /src/a: local symbol 'x' was exported`, "/src/a.ko", "/src/a: local symbol 'x' was exported", true},
		{`ERROR: modpost: /src/a: x: EXPORT_SYMBOL used for init symbol. Remove __init or EXPORT_SYMBOL.`, "/src/a.ko", "/src/a: x: EXPORT_SYMBOL used for init symbol. Remove __init or EXPORT_SYMBOL.", true},
		{`ERROR: modpost: /src/a: .export_symbol section contains strange symbol 'x'`, "/src/a.ko", "/src/a: .export_symbol section contains strange symbol 'x'", true},
		{`ERROR: modpost: module name is too long [/src/a.ko]`, "/src/a.ko", "module name is too long [/src/a.ko]", true},
		{`ERROR: modpost: too long symbol "x" [/src/a.ko]`, "/src/a.ko", `too long symbol "x" [/src/a.ko]`, true},
		{`FATAL: modpost: /src/a: struct usb_device_id is not terminated with a NULL entry!`, "/src/a.ko", "/src/a: struct usb_device_id is not terminated with a NULL entry!", true},
		{`ERROR: modpost: Section mismatches detected.`, "/src", "Section mismatches detected.", true},
		{`FATAL: modpost: parse error in symbol dump file`, "/src", "parse error in symbol dump file", false},
		{`ERROR: modpost: malformed line: 12 34`, "/src", "malformed line: 12 34", false},
		// 7.3
		{`ERROR: modpost: a.ko: missing MODULE_LICENSE()`, "/src/a.ko", "missing MODULE_LICENSE()", true},
		{`ERROR: modpost: a/a.ko: symbol 'no_such' undefined!`, "/src/a/a.ko", "a/a.ko: symbol 'no_such' undefined!", true},
		{`ERROR: modpost: a.ko: GPL-incompatible module uses GPL-only symbol 'x'`, "/src/a.ko", "a.ko: GPL-incompatible module uses GPL-only symbol 'x'", true},
		{`ERROR: modpost: a.ko: module uses symbol 'x' from namespace 'N', but does not import it.`, "/src/a.ko", "a.ko: module uses symbol 'x' from namespace 'N', but does not import it.", true},
		{`ERROR: modpost: a.ko: explicitly importing namespace 'N' is not allowed.`, "/src/a.ko", "a.ko: explicitly importing namespace 'N' is not allowed.", true},
		{`ERROR: modpost: a.ko: type mismatch between ids[] and MODULE_DEVICE_TABLE(usb, ...)`, "/src/a.ko", "a.ko: type mismatch between ids[] and MODULE_DEVICE_TABLE(usb, ...)", true},
		{`ERROR: modpost: a.ko: ids[] is not terminated with a NULL entry`, "/src/a.ko", "a.ko: ids[] is not terminated with a NULL entry", true},
		// no error
		{`WARNING: modpost: missing MODULE_DESCRIPTION() in a.o`, "", "", false},
		{`WARNING: modpost: module a uses symbol x from namespace N, but does not import it.`, "", "", false},
	} {
		var want []Message
		if tt.text != "" {
			want = []Message{{File: tt.file, Text: tt.text}}
		}
		got := modpostMessages("  MODPOST Module.symvers\n"+tt.line+"\nmake: *** x\n", "/src")
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.line, d)
		}
		if certain := (&Error{Messages: got}).Certain(); certain != tt.certain {
			t.Errorf("%s: certain: %t; want %t", tt.line, certain, tt.certain)
		}
	}
}

// Of what a source lacks, the source is named where it is one file.
func TestMissingLicense(t *testing.T) {
	src := t.TempDir()
	file := filepath.Join(src, "a.c")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"missing MODULE_LICENSE() in " + src + "/a.o", "missing MODULE_LICENSE() in a.o", "a.ko: missing MODULE_LICENSE()"} {
		want := []Message{{File: file, Text: "missing MODULE_LICENSE()"}}
		if d := cmp.Diff(want, modpostMessages("ERROR: modpost: "+line+"\n", src)); d != "" {
			t.Errorf("%s (-want +got):\n%s", line, d)
		}
	}
}

// A shipped object has no command that made it.
func TestShippedObject(t *testing.T) {
	got := modpostMessages("/src/.blob.o.cmd: No such file or directory\n.other.o.cmd: No such file or directory\n", "/src")
	if len(got) != 2 || got[0].File != "/src/.blob.o.cmd" || got[1].File != "/src/.other.o.cmd" {
		t.Errorf("modpostMessages() = %v; want both files", got)
	}
}
