// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"kmodlab/harness/internal/host"
	"kmodlab/internal/fault"
)

// Doctor tells what this machine has of what is needed, and what to do about the
// rest. It fails when something is missing that nothing runs without.
func (h Home) Doctor(ctx context.Context, w io.Writer, asJSON bool) error {
	ctx, l, err := h.open(ctx, io.Discard, false)
	if err != nil {
		return status(err)
	}
	findings := host.Examine(ctx, l.cache.Root(), l.provider.Mirror)
	if err := tellFindings(w, findings, asJSON); err != nil {
		return status(err)
	}
	missing := 0
	for _, f := range findings {
		if f.State == host.Lacking {
			missing++
		}
	}
	if missing > 0 {
		return failed(fault.ExitHarness, "%d things are missing", missing)
	}
	return nil
}

// tellFindings writes the findings for a person, or for a program.
func tellFindings(w io.Writer, findings []host.Finding, asJSON bool) error {
	if asJSON {
		text, err := json.MarshalIndent(findings, "", " ")
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(w, "%s\n", text)
		return err
	}
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, f := range findings {
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.State, f.What, f.Says)
		if f.Hint != "" {
			fmt.Fprintf(t, "\t\t%s\n", f.Hint)
		}
	}
	return t.Flush()
}
