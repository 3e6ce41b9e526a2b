// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"os"
	"path/filepath"

	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
	"kmodlab/vmimages/internal/image"
)

// extractVirtio writes those modules of the folder modules that a kernel so
// configured needs for a virtio port, uncompressed, into the folder out. It
// returns their file names in insertion order; none when all is built in.
func extractVirtio(options kernel.Options, modules, out string) ([]string, error) {
	files, err := ko.Find(modules)
	if err != nil {
		return nil, err
	}
	drivers, err := image.Drivers(options, files)
	if err != nil || len(drivers) == 0 {
		return nil, err
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, err
	}
	var names []string
	for _, d := range drivers {
		names = append(names, d.Name)
		if err := os.WriteFile(filepath.Join(out, d.Name), d.Data, 0o644); err != nil {
			return nil, err
		}
	}
	return names, nil
}
