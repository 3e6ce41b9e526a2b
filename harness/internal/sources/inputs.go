// SPDX-License-Identifier: GPL-2.0-only

package sources

import (
	"io/fs"

	"kmodlab/internal/cache"
)

// kind is that of the cache entries.
const kind = "sources"

// inputs are the files with their paths.
func inputs(what fs.FS) (*cache.Inputs, error) {
	in := cache.NewInputs(kind)
	err := fs.WalkDir(what, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(what, path)
		in.Sum(path, text)
		return err
	})
	return in, err
}
