// SPDX-License-Identifier: GPL-2.0-only

package matrix

// Bisect finds two neighbours among n things of which probe says different
// things, and returns their positions; n-1 and n when it says the same of the
// first and of the last. It asks about log2(n) of them, and takes it that
// nothing changes between two that look the same: of several changes it finds
// one.
//
// An error of probe for one of them, as for a kernel that can no longer be had,
// is passed over, and then those that are returned may not be neighbours; when
// the ends cannot be probed, it is returned.
func Bisect(n int, probe func(int) (string, error)) (before, after int, err error) {
	first, err := probe(0)
	if err != nil {
		return 0, 0, err
	}
	last, err := probe(n - 1)
	if err != nil {
		return 0, 0, err
	}
	if first == last {
		return n - 1, n, nil
	}
	low, high := 0, n-1 // probe(low) says first, probe(high) something else
	unknown := map[int]bool{}
	for {
		middle, ok := between(low, high, unknown)
		if !ok {
			return low, high, nil
		}
		switch said, err := probe(middle); {
		case err != nil:
			unknown[middle] = true
		case said == first:
			low = middle
		default:
			high = middle
		}
	}
}

// between returns the position nearest to the middle of low and high that is
// not known to be unknown, and whether there is one.
func between(low, high int, unknown map[int]bool) (int, bool) {
	middle := (low + high) / 2
	for distance := 0; distance < high-low; distance++ {
		for _, at := range []int{middle - distance, middle + distance} {
			if at > low && at < high && !unknown[at] {
				return at, true
			}
		}
	}
	return 0, false
}
