// SPDX-License-Identifier: GPL-2.0-only

package api

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newKernel makes headers as Debian's are: a folder of the flavour, whose
// Makefile leads to the common one.
func newKernel(t *testing.T, name, release, symvers, common string) Kernel {
	t.Helper()
	dir := t.TempDir()
	for path, text := range map[string]string{
		"flavour/Makefile":                        "include " + dir + "/common/Makefile\n",
		"flavour/Module.symvers":                  symvers,
		"flavour/include/config/x.h":              "int option(void);\n",
		"common/include/linux/x.h":                common,
		"common/include/asm-generic/x.h":          common,
		"common/arch/arm64/include/asm/only.h":    "int arm(void);\n",
		"common/arch/x86/include/uapi/asm/only.h": "int x86(void);\n",
	} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(path)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, path), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Kernel{Name: name, Release: release, Arch: "amd64", Headers: filepath.Join(dir, "flavour")}
}

// newHistory returns three kernels, one of them in two flavours.
func newHistory(t *testing.T) (h History, old, middle, rt, newest Kernel) {
	t.Helper()
	old = newKernel(t, "5.10", "5.10.0-46-cloud-amd64",
		"0x1\tpassing\tvmlinux\tEXPORT_SYMBOL\t\n0x1\tclosed\tvmlinux\tEXPORT_SYMBOL\t\n",
		"int passing(void);\nint closed(void);\nint kept(void);\n")
	middle = newKernel(t, "6.12", "6.12.118+deb13-cloud-amd64",
		"0x1\tpassing\tvmlinux\tEXPORT_SYMBOL_GPL\t\n0x1\tspaced\tdrivers/dma\tEXPORT_SYMBOL\tDMA_BUF\n0x1\tcrc7\tlib/crc7\tEXPORT_SYMBOL\t\n",
		"static inline void passing(void) { }\nint closed(void);\nint spaced(void);\nint both(void);\n")
	rt = newKernel(t, "6.12 rt", "6.12.118+deb13-rt-amd64", "0x1\trt_only\tvmlinux\tEXPORT_SYMBOL\t\n", "int rt_only(void);\nint closed(void);\nint both(void);\n")
	newest = newKernel(t, "7.3", "7.3.4+deb13-cloud-amd64", "0x1\tcoming\tvmlinux\tEXPORT_SYMBOL\t\n", "int coming(void);\nint closed(void);\nint never(void);\n")
	return NewHistory([]Kernel{newest, rt, middle, old}), old, middle, rt, newest
}

func TestRows(t *testing.T) {
	h, _, _, _, _ := newHistory(t)
	got, err := h.Rows("passing", "closed", "coming", "rt_only", "spaced", "no_such", "arm", "x86", "option", "linux/x.h", "asm/only.h", "linux/no.h")
	if err != nil {
		t.Fatal(err)
	}
	want := []Row{ // 5.10, 6.12, 6.12 rt, 7.3
		{"passing", []string{"exported", "GPL-only", "gone", "gone"}},
		{"closed", []string{"exported", "declared", "declared", "declared"}},
		{"coming", []string{"not yet", "not yet", "not yet", "exported"}},
		{"rt_only", []string{"not yet", "none", "exported", "gone"}},
		{"spaced", []string{"not yet", "exported in DMA_BUF", "none", "gone"}},
		{"no_such", []string{"none", "none", "none", "none"}},
		{"arm", []string{"none", "none", "none", "none"}}, // of another architecture
		{"x86", []string{"declared", "declared", "declared", "declared"}},
		{"option", []string{"none", "none", "none", "none"}},
		{"linux/x.h", []string{"there", "there", "there", "there"}},
		{"asm/only.h", []string{"there", "there", "there", "there"}},
		{"linux/no.h", []string{"none", "none", "none", "none"}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("Rows() (-want +got):\n%s", d)
	}
}

func TestExplain(t *testing.T) {
	h, old, middle, rt, newest := newHistory(t)
	own := newKernel(t, "my tree", "6.18.44-mine", "", "")
	unread := append(History{{Name: "6.6", Release: "6.6.1-amd64", Headers: "/no/such"}}, h...)
	for name, tt := range map[string]struct {
		history History
		here    Kernel
		miss    Miss
		want    string
		lacks   bool
	}{
		"gone":                              {h, newest, Miss{"passing", Compile}, "passing: gone here; 6.12 still has it", true},
		"gone from the newest that had it":  {h, newest, Miss{"kept", Compile}, "kept: gone here; 5.10 still has it", true},
		"gone from two flavours":            {h, newest, Miss{"both", Compile}, "both: gone here; 6.12 still has it", true},
		"not yet":                           {h, old, Miss{"coming", Compile}, "coming: not here yet; 7.3 has it", true},
		"misspelt":                          {h, newest, Miss{"no_such", Compile}, "", true},
		"not included":                      {h, middle, Miss{"closed", Compile}, "closed: this kernel has it in linux/x.h; does the source include that?", false},
		"only another flavour has it":       {h, middle, Miss{"rt_only", Compile}, "", true},
		"a flavour that lost it":            {h, rt, Miss{"passing", Compile}, "passing: gone here; 5.10 still has it", true},
		"a tree of one's own":               {h, own, Miss{"passing", Compile}, "passing: gone here; 6.12 still has it", true},
		"a kernel that cannot be read":      {unread, newest, Miss{"kept", Compile}, "kept: gone here; 5.10 still has it", true},
		"here cannot be read":               {h, unread[0], Miss{"kept", Compile}, "", false},
		"no longer exported":                {h, newest, Miss{"closed", Link}, "closed: declared here, not exported; 5.10 still exports it", true},
		"never exported":                    {h, newest, Miss{"never", Link}, "never: declared here, not exported, and by no other kernel in the cache", true},
		"gone from the exports":             {h, newest, Miss{"passing", Link}, "passing: gone here; 6.12 still exports it", true},
		"not exported yet":                  {h, old, Miss{"coming", Link}, "coming: not here yet; 7.3 exports it", true},
		"in a namespace":                    {h, middle, Miss{"spaced", Link}, "spaced: exported in the namespace DMA_BUF, which the module has to import (MODULE_IMPORT_NS)", false},
		"of a module":                       {h, middle, Miss{"crc7", Link}, "crc7: the kernel's module crc7 exports it, which has to be inserted before", false},
		"exported, and nobody can tell":     {h, old, Miss{"passing", Link}, "", false},
		"a header that is there":            {h, old, Miss{"linux/x.h", Include}, "", false},
		"a header that no kernel ever had":  {h, old, Miss{"linux/no.h", Include}, "", true},
		"no other kernel is in the cache":   {nil, newest, Miss{"passing", Compile}, "", true},
		"a header of another architecture.": {h, old, Miss{"asm/arm.h", Include}, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			got, lacks := tt.history.Explain(tt.here, tt.miss)
			if got != tt.want || lacks != tt.lacks {
				t.Errorf("Explain(%s, %v) = %q, %v; want %q, %v", tt.here.Name, tt.miss, got, lacks, tt.want, tt.lacks)
			}
		})
	}
}

// The order is that of the releases, not of their letters.
func TestNewHistory(t *testing.T) {
	want := []string{"5.10.0-46-amd64", "6.1.0-0.deb11.48-amd64", "6.1.0-9-cloud-amd64", "6.1.0-56-cloud-amd64", "6.12.118+deb12-amd64", "6.12.118+deb13-amd64", "6.18.44-mine", "7.3-amd64", "7.3.4+deb13-rt-amd64"}
	var kernels []Kernel
	for i := range want {
		kernels = append(kernels, Kernel{Release: want[len(want)-1-i]})
	}
	var got []string
	for _, k := range NewHistory(kernels) {
		got = append(got, k.Release)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("NewHistory() (-want +got):\n%s", d)
	}
}
