// SPDX-License-Identifier: GPL-2.0-only

package project

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

// program is the beginning of one for a machine, which is loaded by loader if that
// is not "".
func program(t *testing.T, machine elf.Machine, loader string) string {
	t.Helper()
	const header, entry = 64, 56 // of the file, of a segment
	h := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(machine), Version: 1, Ehsize: header, Phoff: header, Phentsize: entry, Shentsize: 64}
	copy(h.Ident[:], elf.ELFMAG+"\x02\x01\x01")
	var b bytes.Buffer
	write := func(part any) {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	if loader == "" {
		write(h)
		return b.String()
	}
	h.Phnum = 1
	write(h)
	write(elf.Prog64{Type: uint32(elf.PT_INTERP), Off: header + entry, Filesz: uint64(len(loader) + 1)})
	b.WriteString(loader + "\x00")
	return b.String()
}

func TestReadFiles(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "tests/probe", program(t, elf.EM_X86_64, ""))
	put(t, dir, "tests/probe32", program(t, elf.EM_386, ""))
	put(t, dir, "tests/dynamic", program(t, elf.EM_X86_64, "/lib64/ld-linux-x86-64.so.2"))
	put(t, dir, "lib/ld-linux-x86-64.so.2", "a loader")
	put(t, dir, "fw.bin", "data")
	for _, name := range []string{"tests/probe", "tests/probe32", "tests/dynamic"} {
		if err := os.Chmod(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p := &Project{Root: dir, Files: []string{"./tests/*", "fw.bin", "tests/probe", "lib/*"}}
	got, err := p.ReadFiles([]string{"amd64"})
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]fs.FileMode{}
	for _, f := range got {
		modes[f.Path] = f.Mode
		if text, err := os.ReadFile(filepath.Join(dir, strings.TrimPrefix(f.Path, guestFiles))); err != nil || !bytes.Equal(text, f.Data) {
			t.Errorf("%s holds %q; want what is in the file (%v)", f.Path, f.Data, err)
		}
	}
	want := map[string]fs.FileMode{"/files/tests/probe": 0o755, "/files/tests/probe32": 0o755, "/files/tests/dynamic": 0o755, "/files/fw.bin": 0o644, "/files/lib/ld-linux-x86-64.so.2": 0o644}
	if d := cmp.Diff(want, modes); d != "" || len(got) != len(want) {
		t.Errorf("ReadFiles() returns %d files (-want +got):\n%s", len(got), d)
	}
	if got, err := (&Project{Root: "/no/such/folder"}).ReadFiles(nil); got != nil || err != nil {
		t.Errorf("ReadFiles(nothing) = %v, %v; want nothing", got, err)
	}
}

func TestReadFilesRefuses(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	put(t, outside, "secret", "x")
	put(t, dir, "sub/x", "x")
	put(t, dir, "dynamic", program(t, elf.EM_X86_64, "/lib64/ld-linux-x86-64.so.2"))
	put(t, dir, "arm", program(t, elf.EM_AARCH64, ""))
	put(t, dir, "torn", "\x7fELF\x02")
	put(t, dir, "big", "")
	for name, err := range map[string]error{
		"big":  os.Truncate(filepath.Join(dir, "big"), maxFiles+1),
		"link": os.Symlink(filepath.Join(outside, "secret"), filepath.Join(dir, "link")),
	} {
		if err != nil {
			t.Fatal(name, err)
		}
	}
	for name, tt := range map[string]struct {
		files  []string
		arches []string
		want   string
	}{
		"nothing":           {[]string{"nowhere/*"}, nil, `no file matches "nowhere/*"`},
		"no pattern":        {[]string{"["}, nil, "syntax error in pattern"},
		"a folder":          {[]string{"sub"}, nil, "it is no plain file but d"},
		"a link out of it":  {[]string{"lin*"}, nil, "path escapes"},
		"too much":          {[]string{"sub/x", "big"}, nil, "it has 33554433 bytes, and 33554431 are left"},
		"another machine":   {[]string{"arm"}, []string{"arm64", "amd64"}, "it is for EM_AARCH64, and the kernel for amd64"},
		"a dynamic program": {[]string{"dynamic"}, []string{"amd64"}, "linked dynamically, and they do not have /lib64/ld-linux-x86-64.so.2\n  hint: link it statically"},
		"half of a program": {[]string{"torn"}, []string{"amd64"}, "guests cannot run torn"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := (&Project{Root: dir, Files: tt.files}).ReadFiles(tt.arches)
			if fault.Of(err) != fault.Usage || got != nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("ReadFiles(%q) = %v, %v; want an error of usage with %q", tt.files, got, err, tt.want)
			}
		})
	}
}

func FuzzRunsOn(f *testing.F) {
	f.Add([]byte(elf.ELFMAG))
	if image, err := os.ReadFile(os.Args[0]); err == nil {
		f.Add(image[:min(len(image), 4096)])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := runsOn(Along{Path: guestFiles + "/x", Data: data}, []string{"amd64"}, nil)
		if err != nil && fault.Of(err) != fault.Usage {
			t.Errorf("runsOn() = %v; want an error of usage", err)
		}
	})
}
