// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/harness/internal/kbuild"
)

// modules are as a build leaves them: of the sample in the folder of a module, and
// of a second module, which was built without counters.
func modules(t *testing.T) (m *kbuild.Modules, counters string) {
	t.Helper()
	dir := t.TempDir()
	notes := filepath.Join(dir, kbuild.NotesFolder, "sample")
	if err := os.MkdirAll(notes, 0o755); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("testdata/gcc-12-O2/sample.gcno")
	if err != nil {
		t.Fatal(err)
	}
	o, err := readNotes(text)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(os.WriteFile(filepath.Join(notes, "sample.gcno"), text, 0o644), os.WriteFile(filepath.Join(dir, kbuild.NotesFolder, kbuild.StageFile), []byte(filepath.Dir(o.Dir)), 0o644))
	if err != nil {
		t.Fatal(err)
	}
	if text, err = os.ReadFile("testdata/gcc-12-O2/counters"); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable() // which has no such section
	if err != nil {
		t.Fatal(err)
	}
	return &kbuild.Modules{Dir: dir, Files: map[string]string{"plain": self}}, strings.ReplaceAll(string(text), "/stage/", filepath.Dir(o.Dir)+"/sample/")
}

func TestCollector(t *testing.T) {
	m, counters := modules(t)
	c := NewCollector([]string{"5.10", "6.12", "7.3"})
	for _, k := range []string{"7.3", "6.12"} { // as they get ready
		if err := c.Built(k, m); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"b/later", "a/earlier"} { // as they end
		if err := c.Ran("6.12", id, []byte(counters)); err != nil {
			t.Fatal(err)
		}
	}
	profiles, missing := c.Profiles("kmod")
	if len(profiles) != 2 || profiles[0].Kernel != "6.12" || profiles[1].Kernel != "7.3" {
		t.Fatalf("profiles %+v; want those of 6.12 and 7.3, in this order", profiles)
	}
	if len(missing) != 1 || !strings.HasPrefix(missing[0], "the module plain was built without counters") {
		t.Errorf("missing %q; want the module plain, once", missing)
	}
	file := ""
	for path := range profiles[0].Files {
		file = path
	}
	if !strings.HasPrefix(file, "kmod/") || !strings.HasSuffix(file, "/sample.c") {
		t.Errorf("the source is %q; want it below kmod", file)
	}
	if l := profiles[0].Files[file][23]; l.Hits != 20 || l.First != "a/earlier" {
		t.Errorf("line 23: %+v; want 20 hits, first in a/earlier", l)
	}
	if s := profiles[1].Files.Share(); s.Run != 0 || s.Lines != profiles[0].Files.Share().Lines {
		t.Errorf("where no case ran: %+v; want all lines, none of which was run", s)
	}
	if err := c.Ran("5.10", "a/x", []byte("end\n")); err == nil {
		t.Error("Ran() agrees for a kernel that nothing was built for")
	}
	if err := c.Ran("6.12", "a/x", []byte("lost big\nend\n")); err == nil || !strings.Contains(err.Error(), "big") {
		t.Errorf("Ran() of a module whose counters are lost = %v; want its name", err)
	}
}
