// SPDX-License-Identifier: GPL-2.0-only

package leftover

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const slabs = `slabinfo - version: 2.1
# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>
kmalloc-128         1024   1056    128   32    1 : tunables    0    0    0 : slabdata     33     33      0
proc_inode_cache      80     92    688   23    4 : tunables    0    0    0 : slabdata      4      4      0
`

func TestSlabs(t *testing.T) {
	got, err := Slabs(slabs)
	if diff := cmp.Diff(map[string]int{"kmalloc-128": 1024, "proc_inode_cache": 80}, got); err != nil || diff != "" {
		t.Errorf("Slabs() = _, %v and differs (-want +got):\n%s", err, diff)
	}
	for name, text := range map[string]string{
		"empty":           "",
		"only headers":    "slabinfo - version: 2.1\n# name\n",
		"a name alone":    "kmalloc-8\n",
		"words, not text": "kmalloc-8 many 12\n",
	} {
		if got, err := Slabs(text); err == nil {
			t.Errorf("%s: Slabs(%q) = %v, nil; want an error", name, text, got)
		}
	}
}

func FuzzSlabs(f *testing.F) {
	f.Add(slabs)
	f.Add("kmalloc-8 12")
	f.Fuzz(func(t *testing.T, text string) {
		objects, err := Slabs(text)
		if (err == nil) != (len(objects) > 0) {
			t.Errorf("Slabs(%q) = %v, %v; want caches or an error", text, objects, err)
		}
	})
}
