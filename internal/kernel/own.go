// SPDX-License-Identifier: GPL-2.0-only

package kernel

import (
	"bufio"
	"context"
	"os"
	"path/filepath"

	"kmodlab/internal/ko"
)

// OwnModules maps names of the kernel's own modules to their files, which may be
// compressed: of those called names, as far as there are such, and of all that they
// need. More of them may be there. What is not on this machine is fetched; that
// error is one of package fault.
func (k *Kernel) OwnModules(ctx context.Context, names ...string) (map[string]string, error) {
	switch {
	case k.FetchModules != nil:
		return k.FetchModules(ctx, names...)
	case k.Modules == "":
		return nil, nil
	}
	return ko.Find(k.Modules)
}

// ModuleNames returns the names of the kernel's own modules, whether or not they
// are on this machine. Nothing is fetched.
func (k *Kernel) ModuleNames() (map[string]bool, error) {
	names := map[string]bool{}
	if k.FetchModules != nil {
		return names, readOrder(filepath.Join(k.Modules, "modules.order"), names)
	}
	files, err := k.OwnModules(context.Background())
	for name := range files {
		names[name] = true
	}
	return names, err
}

// readOrder adds the names of the modules that a modules.order lists: one a line,
// by its path below lib/modules/RELEASE (Documentation/kbuild/kbuild.rst).
func readOrder(path string, names map[string]bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		names[ko.Name(sc.Text())] = true
	}
	return sc.Err()
}
