// SPDX-License-Identifier: GPL-2.0-only

package cycle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"kmodlab/harness/internal/leftover"
	"kmodlab/harness/internal/matrix"
)

// census is what is there in a kernel at one time.
type census struct {
	modules []string       // loaded, sorted
	objects map[string]int // in use, by slab cache
	memory  map[string]int // kB, by the names of memoryLines
}

// memoryLines are the lines of /proc/meminfo that count what modules take
// elsewhere than in a slab cache that has a name: large kmalloc, vmalloc, and
// memory per CPU.
var memoryLines = []string{"SUnreclaim", "VmallocUsed", "Percpu"}

// take counts. Before it reads /proc/slabinfo it has the caches that are named,
// or all, give back what CPUs hold in reserve, for that counts as in use there
// (mm/slub.c, get_slabinfo).
func take(ctx context.Context, g matrix.Guest, caches ...string) (census, error) {
	if len(caches) == 0 {
		objects, err := readSlabs(ctx, g)
		if err != nil {
			return census{}, err
		}
		caches = slices.Sorted(maps.Keys(objects))
	}
	for _, name := range caches {
		err := g.WriteFile(ctx, path.Join("/sys/kernel/slab", name, "shrink"), []byte("1\n"))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return census{}, err
		}
	}
	objects, err := readSlabs(ctx, g)
	if err != nil {
		return census{}, err
	}
	memory, err := g.ReadFile(ctx, "/proc/meminfo")
	if err != nil {
		return census{}, err
	}
	modules, err := g.ReadFile(ctx, "/proc/modules")
	if err != nil {
		return census{}, err
	}
	return census{modules: parseModules(string(modules)), objects: objects, memory: parseMemory(string(memory))}, nil
}

func readSlabs(ctx context.Context, g matrix.Guest) (map[string]int, error) {
	text, err := g.ReadFile(ctx, "/proc/slabinfo")
	if err != nil {
		return nil, err
	}
	return leftover.Slabs(string(text))
}

func parseMemory(text string) map[string]int {
	memory := map[string]int{}
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(line, ":")
		if !slices.Contains(memoryLines, name) {
			continue
		}
		if n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB")); err == nil {
			memory[name] = n
		}
	}
	return memory
}

func parseModules(text string) []string {
	var names []string
	for line := range strings.Lines(text) {
		name, _, _ := strings.Cut(line, " ")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// growth is how a census differs from an earlier one.
type growth struct {
	Problem string   // what grew with the cycles; "" when nothing did
	Caches  []string // the slab caches among it
	Summary string   // the largest growth of each kind, for a reader
}

// pageAllowance is by how many kB a line of memoryLines may grow whatever the
// number of rounds: these count whole pages, and an idle kernel takes and gives
// some.
const pageAllowance = 256

// since compares c with before, rounds cycles earlier. A cache leaks when it has
// grown by half an object a round or more: what a module forgets once a cycle
// counts twice that, while a kernel at rest differs by a few objects in all. Of
// memory that is counted in pages, 2 kB a round (and pageAllowance) is half of
// the least that can be forgotten.
func (c census) since(before census, rounds int) growth {
	var problems, caches []string
	if !slices.Equal(c.modules, before.modules) {
		problems = append(problems, fmt.Sprintf("the loaded modules are %v, they were %v", c.modules, before.modules))
	}
	largest, most := "", 0
	for _, name := range slices.Sorted(maps.Keys(c.objects)) {
		grown := c.objects[name] - before.objects[name]
		if grown > most {
			largest, most = name, grown
		}
		if 2*grown >= rounds {
			caches = append(caches, name)
			problems = append(problems, fmt.Sprintf("slab cache %s has %d objects more after %d cycles", name, grown, rounds))
		}
	}
	summary := "no slab cache grew"
	if most > 0 {
		summary = fmt.Sprintf("slab cache %s grew most, by %d", largest, most)
	}
	for _, name := range memoryLines {
		grown := c.memory[name] - before.memory[name]
		if grown >= pageAllowance && grown >= 2*rounds {
			problems = append(problems, fmt.Sprintf("%s is %d kB more after %d cycles", name, grown, rounds))
		}
		summary += fmt.Sprintf(", %s %+d kB", name, grown)
	}
	return growth{Problem: strings.Join(problems, "; "), Caches: caches, Summary: summary}
}
