// SPDX-License-Identifier: GPL-2.0-only

// Package sources gives a program that was built from the project's sources, and
// is far from them, those that it still needs.
package sources

import (
	"context"
	"io/fs"
	"os"

	"kmodlab/internal/cache"
)

// Unpack returns a folder in c with the files of what, which is compiled in. It is
// the same one for every program with the same files, and nobody writes to it.
func Unpack(ctx context.Context, c *cache.Cache, what fs.FS) (string, error) {
	in, err := inputs(what)
	if err != nil {
		return "", err
	}
	return c.Dir(ctx, in, func(_ context.Context, tmp string) error { return os.CopyFS(tmp, what) })
}
