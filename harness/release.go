// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"fmt"
	"io"

	"kmodlab/harness/internal/release"
)

// Release tags the commit of the checkout as a version, and says how others get it.
func (h Home) Release(ctx context.Context, w io.Writer, version string) error {
	tag, err := release.Tag(ctx, h.Sources, version)
	if err != nil {
		return status(err)
	}
	fmt.Fprintf(w, "tagged %[1]s; see it with: git show %[1]s; give it to others with: git push origin %[1]s\n", tag)
	return nil
}
