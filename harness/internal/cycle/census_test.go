// SPDX-License-Identifier: GPL-2.0-only

package cycle

import (
	"strings"
	"testing"
)

func TestSince(t *testing.T) {
	before := census{
		modules: []string{"virtio"},
		objects: map[string]int{"kmalloc-8": 500, "kmalloc-128": 1000},
		memory:  map[string]int{"SUnreclaim": 9000, "VmallocUsed": 3000, "Percpu": 400},
	}
	for name, tt := range map[string]struct {
		change func(*census)
		want   string // part of the problem; "" for none
	}{
		"nothing changed":                {func(*census) {}, ""},
		"a few objects come and go":      {func(c *census) { c.objects["kmalloc-128"] += 89 }, ""},
		"one object in each cycle":       {func(c *census) { c.objects["kmalloc-128"] += 180 }, "kmalloc-128 has 180 objects more after 180 cycles"},
		"one in every second cycle":      {func(c *census) { c.objects["kmalloc-8"] += 90 }, "kmalloc-8 has 90"},
		"a cache that was not there":     {func(c *census) { c.objects["mine"] = 180 }, "mine has 180"},
		"fewer objects":                  {func(c *census) { c.objects["kmalloc-128"] = 1 }, ""},
		"a page in each cycle, vmalloc":  {func(c *census) { c.memory["VmallocUsed"] += 4 * 180 }, "VmallocUsed is 720 kB more"},
		"a few pages of slabs":           {func(c *census) { c.memory["SUnreclaim"] += 200 }, ""},
		"a module that does not go":      {func(c *census) { c.modules = []string{"left", "virtio"} }, "[left virtio]"},
		"a module that is gone":          {func(c *census) { c.modules = nil }, "modules"},
		"memory per CPU in each cycle":   {func(c *census) { c.memory["Percpu"] += 2 * 180 }, "Percpu is 360 kB more"},
		"a line that meminfo lacks, old": {func(c *census) { delete(c.memory, "Percpu") }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			after := census{modules: before.modules, objects: map[string]int{}, memory: map[string]int{}}
			for k, v := range before.objects {
				after.objects[k] = v
			}
			for k, v := range before.memory {
				after.memory[k] = v
			}
			tt.change(&after)
			got := after.since(before, 180)
			if !strings.Contains(got.Problem, tt.want) || (tt.want == "") != (got.Problem == "") {
				t.Errorf("since() = %+v; want a problem with %q", got, tt.want)
			}
		})
	}
}
