// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"kmodlab/harness/internal/emulator"
	"kmodlab/harness/internal/host"
	"kmodlab/harness/internal/vm"
	"kmodlab/internal/fault"
)

// Doctor tells what this machine has of what is needed, and what to do about the
// rest. It fails when something is missing that nothing runs without.
func (h Home) Doctor(ctx context.Context, w io.Writer, f Flags, asJSON bool) error {
	ctx, l, err := h.open(ctx, io.Discard, f)
	if err != nil {
		return status(err)
	}
	var arches []string // whose QEMU this machine has to have
	if l.qemu == emulator.Host {
		arches = l.catalogue.Arches()
	}
	findings := append(host.Examine(ctx, l.cache.Root(), l.provider.Mirror, arches...), l.emulators(ctx, f)...)
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

// emulators tells which QEMUs VMs will run in, where these are not simply those that
// this machine has to have. It fetches nothing.
func (l *lab) emulators(ctx context.Context, flags Flags) []host.Finding {
	var findings []host.Finding
	by := emulator.Env
	if flags.QEMU != "" {
		by = emulator.Flag
	}
	for _, arch := range l.catalogue.Arches() {
		f := host.Finding{What: "QEMU for " + arch, State: host.Good}
		var q vm.QEMU
		var err error
		switch e, cached := l.provider.CachedEmulator(arch); {
		case l.qemu == emulator.Host:
			continue
		case l.qemu != emulator.Own:
			q, err = vm.HostQEMU(ctx, arch, string(l.qemu))
			f.Says = fmt.Sprintf("%s, %s, as %s says", q.Version, strings.Join(q.Command, " "), by)
		case cached:
			q, err = vm.OwnQEMU(ctx, e.Command, e.ID)
			f.Says = q.Version + ", from the archive, in " + e.Dir
		default:
			f.Says = strings.TrimSpace("Debian's "+e.Version) + ", fetched from the archive when it is first needed"
		}
		if err != nil {
			f.State, f.Says = host.Lacking, strings.ReplaceAll(err.Error(), "\n", ";")
			if arch != l.catalogue.Host {
				f.State = host.Poor // few want it
			}
		}
		findings = append(findings, f)
	}
	return findings
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
