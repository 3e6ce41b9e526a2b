// SPDX-License-Identifier: GPL-2.0-only

package leftover

import (
	"fmt"
	"strconv"
	"strings"
)

// Slabs returns the objects in use of each cache of /proc/slabinfo: a line
// of comments begins with "#", the others with the name and that number (slab
// info format 2.1, mm/slab_common.c).
func Slabs(text string) (map[string]int, error) {
	objects := map[string]int{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "slabinfo") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 2 {
			return nil, fmt.Errorf("/proc/slabinfo: no cache in the line %.80q", line)
		}
		n, err := strconv.Atoi(fields[1])
		if err != nil {
			return nil, fmt.Errorf("/proc/slabinfo: cache %s: %w", fields[0], err)
		}
		objects[fields[0]] = n
	}
	if len(objects) == 0 {
		return nil, fmt.Errorf("/proc/slabinfo names no cache")
	}
	return objects, nil
}
