// SPDX-License-Identifier: GPL-2.0-only

package coverage

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// CountersFile is where the guest's module hands out the counters.
const CountersFile = "/sys/kernel/debug/kmodlab_counters"

// objectCounters are those of an object file in a guest.
type objectCounters struct {
	Module string
	Stamp  uint32
	File   string // path of the .gcda file that a program would write
	Of     []functionCounters
}

// functionCounters are those of a function; the numbers are those of [function].
type functionCounters struct {
	Ident, Lines, Graph uint32
	Arcs                []uint64
}

// errCounters is wrapped by errors about what the guest handed out.
var errCounters = errors.New("the guest's counters make no sense")

// parseCounters reads what [CountersFile] holds. The names are those of modules
// whose counters the guest could not keep.
func parseCounters(text []byte) (all []objectCounters, lost []string, err error) {
	sc := bufio.NewScanner(bytes.NewReader(text))
	sc.Buffer(nil, max(len(text), 1)+1)
	module, ended := "", false
	for sc.Scan() && !ended {
		word, rest, _ := strings.Cut(sc.Text(), " ")
		switch word {
		case "module":
			module = rest
		case "lost":
			lost = append(lost, rest)
		case "object":
			stamp, file, _ := strings.Cut(rest, " ")
			n, err := strconv.ParseUint(stamp, 16, 32)
			if err != nil || file == "" {
				return nil, nil, fmt.Errorf("%w: %q", errCounters, sc.Text())
			}
			all = append(all, objectCounters{Module: module, Stamp: uint32(n), File: file})
		case "function":
			f, err := parseFunction(rest)
			if err != nil || len(all) == 0 {
				return nil, nil, fmt.Errorf("%w: %.100q", errCounters, sc.Text())
			}
			last := &all[len(all)-1]
			last.Of = append(last.Of, f)
		case "end":
			ended = true
		default:
			return nil, nil, fmt.Errorf("%w: %.100q", errCounters, sc.Text())
		}
	}
	if !ended {
		return nil, nil, fmt.Errorf("%w: they have no end", errCounters)
	}
	return all, lost, nil
}

func parseFunction(text string) (f functionCounters, err error) {
	words := strings.Fields(text)
	if len(words) < 3 {
		return f, errCounters
	}
	for i, to := range []*uint32{&f.Ident, &f.Lines, &f.Graph} {
		n, err := strconv.ParseUint(words[i], 16, 32)
		if err != nil {
			return f, err
		}
		*to = uint32(n)
	}
	for _, word := range words[3:] {
		n, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			return f, err
		}
		f.Arcs = append(f.Arcs, n)
	}
	return f, nil
}
