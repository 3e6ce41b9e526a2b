// SPDX-License-Identifier: GPL-2.0-only

package matrix

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strconv"
	"strings"

	"kmodlab/harness/internal/leak"
	"kmodlab/harness/internal/splat"
)

// scan has a kernel that can do so look for memory that nothing points to any more, in
// a case that asks what is left behind: it reads all memory there is, which takes an
// emulator ten times as long as the rest of a case. It looks twice, for what changed
// in between it takes for being in use.
func (b *guest) scan(ctx context.Context) error {
	can, err := b.column.conditions.Has("config:DEBUG_KMEMLEAK")
	if err != nil || !can || !b.looked || len(b.images) == 0 {
		return err
	}
	b.current = "look for leaks"
	if err := b.WriteFile(ctx, leak.File, []byte("scan")); err != nil {
		return err
	}
	if _, err := b.Run(ctx, []string{"sleep", strconv.Itoa(leak.MinAge + 1)}); err != nil {
		return err
	}
	if err := b.WriteFile(ctx, leak.File, []byte("scan")); err != nil {
		return err
	}
	told, err := b.ReadFile(ctx, leak.File)
	if err != nil {
		return err
	}
	images := map[string]io.ReaderAt{}
	for name, image := range b.images {
		images[strings.ReplaceAll(name, "-", "_")] = bytes.NewReader(image)
	}
	for _, l := range splat.In(strings.Split(leak.Named(string(told), images), "\n")) {
		if l.Module != "" || slices.ContainsFunc(l.Lines, leak.Nameless) {
			b.leaks = append(b.leaks, l)
		}
	}
	return nil
}

// suspicion is the title of what the kernel logs when it found leaks. It does not
// say which.
const suspicion = "kmemleak: suspected memory leaks"

// withLeaks returns what was found in the log, and in the place of the suspicion what
// modules have leaked. What the kernel itself leaks is nobody's concern here.
func withLeaks(found, leaks []splat.Splat) []splat.Splat {
	return append(slices.DeleteFunc(found, func(s splat.Splat) bool { return s.Title == suspicion }), leaks...)
}
