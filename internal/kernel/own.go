// SPDX-License-Identifier: GPL-2.0-only

package kernel

import "kmodlab/internal/ko"

// OwnModules maps the names of the kernel's own modules, as far as they came
// with it, to their files. They may be compressed.
func (k *Kernel) OwnModules() (map[string]string, error) {
	if k.Modules == "" {
		return nil, nil
	}
	return ko.Find(k.Modules)
}
