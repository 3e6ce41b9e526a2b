// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"fmt"
	"io"
	"path/filepath"

	"kmodlab/harness/internal/lesson"
)

// New makes a lesson called name that passes at once, and says how to go on.
func (h Home) New(w io.Writer, name string) error {
	paths, err := lesson.New(h.Lessons, name)
	if err != nil {
		return status(err)
	}
	for _, path := range paths {
		if rel, err := filepath.Rel(h.Dir, path); err == nil {
			path = rel
		}
		fmt.Fprintln(w, "new ", path)
	}
	fmt.Fprintf(w, "\nsee it pass:        go tool mage run -lesson=%[1]s\nedit, see at once:  go tool mage watch -lesson=%[1]s\n", name)
	return nil
}
