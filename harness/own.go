// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"slices"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages"
)

// hostKernel is how -kernel calls the kernel that this machine runs.
const hostKernel = "host"

// orKernel returns the flags with series for the kernel, if they name none.
func (f Flags) orKernel(series string) Flags {
	if f.Kernel == "" && f.KDir == "" && f.Image == "" {
		f.Kernel = series
	}
	return f
}

// own returns the kernels of the user's own that the flags name, and what is
// left of -kernel without them: the kernels of the catalogue.
func (l *lab) own(f Flags) (sources []kernel.Source, rest string, err error) {
	if f.Image != "" && f.KDir == "" {
		return nil, "", &fault.Error{Owner: fault.Usage, What: "an image alone is no kernel that modules can be built for", Where: "-image=" + f.Image, Hint: "name the headers that belong to it with -kdir="}
	}
	if f.KDir != "" {
		sources = append(sources, vmimages.Own(l.cache, f.KDir, f.Image))
	}
	names := strings.Split(f.Kernel, ",")
	if slices.Contains(names, hostKernel) {
		sources = append(sources, vmimages.Host(l.cache))
		names = slices.DeleteFunc(names, func(name string) bool { return name == hostKernel })
	}
	return sources, strings.Join(names, ","), nil
}
