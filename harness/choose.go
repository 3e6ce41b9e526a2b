// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"context"

	"kmodlab/harness/internal/lesson"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/vmimages"
)

// kernels returns the kernels that the flags name, the default test set when
// they name none. "every" asks the archive.
func (l *lab) kernels(ctx context.Context, f Flags) ([]kernel.Source, error) {
	sources, rest, err := l.own(f)
	if err != nil || rest == "" && len(sources) > 0 {
		return sources, err
	}
	f.Kernel = rest
	choices, err := l.choices(ctx, f)
	if err != nil {
		return nil, err
	}
	for _, ch := range choices {
		sources = append(sources, l.provider.Source(ch))
	}
	return sources, nil
}

// kernel returns the one kernel that the flags name.
func (l *lab) kernel(ctx context.Context, f Flags) (kernel.Source, error) {
	f = f.orKernel(defaultKernel)
	sources, err := l.kernels(ctx, f)
	if err != nil {
		return kernel.Source{}, err
	}
	if len(sources) > 1 {
		return kernel.Source{}, &fault.Error{Owner: fault.Usage, What: "the flags name several kernels, one is needed", Where: "-kernel=" + f.Kernel}
	}
	return sources[0], nil
}

func (l *lab) choices(ctx context.Context, f Flags) ([]vmimages.Choice, error) {
	chosen, err := l.catalogue.Select(f.Kernel, f.Flavour, f.Arch)
	if err != nil {
		return nil, err
	}
	var all []vmimages.Choice
	for _, ch := range chosen {
		if !ch.Every {
			all = append(all, ch)
			continue
		}
		points, err := l.provider.Points(ctx, ch)
		if err != nil {
			return nil, err
		}
		all = append(all, points...)
	}
	return all, nil
}

// lessons returns the lessons, and of these the cases, that the flags name.
func (l *lab) lessons(f Flags) ([]lesson.Lesson, error) {
	all, err := lesson.Find(l.home.Lessons)
	if err != nil {
		return nil, err
	}
	if all, err = lesson.Select(all, f.Lesson); err != nil {
		return nil, err
	}
	return lesson.Matching(all, f.Run)
}
