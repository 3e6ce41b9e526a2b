// SPDX-License-Identifier: GPL-2.0-only

package coverage

// counts returns how often each block of the function ran, by the counters of
// its counted arcs.
//
// What goes into a block comes out of it again, so the other arcs follow: they
// make a tree. Of a function that a task is still in, or died in, that does not
// hold, and a block counts as run as soon as an arc into it or out of it was.
func (f *function) counts(counters []uint64) []uint64 {
	g := newGraph(f, counters)
	for len(g.todo) > 0 {
		b := g.todo[len(g.todo)-1]
		g.todo = g.todo[:len(g.todo)-1]
		g.settle(b)
	}
	counts := make([]uint64, len(f.blocks))
	for b := range counts {
		counts[b] = max(g.sum(g.in[b]), g.sum(g.out[b]))
	}
	return counts
}

// graph is a function whose arcs become known one after the other.
type graph struct {
	f       *function
	in, out [][]int // arcs of each block
	count   []uint64
	known   []bool
	todo    []int // blocks of which an arc has become known
}

func newGraph(f *function, counters []uint64) *graph {
	g := &graph{f: f, in: make([][]int, len(f.blocks)), out: make([][]int, len(f.blocks)),
		count: make([]uint64, len(f.arcs)), known: make([]bool, len(f.arcs))}
	for i, a := range f.arcs {
		g.out[a.from] = append(g.out[a.from], i)
		g.in[a.to] = append(g.in[a.to], i)
		if a.counted && len(counters) > 0 {
			g.count[i], g.known[i], counters = counters[0], true, counters[1:]
		}
	}
	for b := range f.blocks {
		g.todo = append(g.todo, b)
	}
	return g
}

// settle finds out what can be known of the arcs of a block: where all on one
// side are known, and all but one on the other, that one is the rest. Nothing is
// known of what goes into the entry and comes out of the exit.
func (g *graph) settle(b int) {
	if b == entry || b == exit {
		return
	}
	for _, side := range [][2][]int{{g.in[b], g.out[b]}, {g.out[b], g.in[b]}} {
		whole, part := side[0], side[1]
		if len(whole) == 0 || g.unknown(whole) != 0 || g.unknown(part) != 1 {
			continue
		}
		total, rest := g.sum(whole), g.sum(part)
		for _, i := range part {
			if !g.known[i] {
				g.count[i], g.known[i] = total-min(total, rest), true
				g.todo = append(g.todo, g.f.arcs[i].from, g.f.arcs[i].to)
			}
		}
	}
}

func (g *graph) unknown(arcs []int) int {
	n := 0
	for _, i := range arcs {
		if !g.known[i] {
			n++
		}
	}
	return n
}

func (g *graph) sum(arcs []int) uint64 {
	var sum uint64
	for _, i := range arcs {
		sum += g.count[i]
	}
	return sum
}
