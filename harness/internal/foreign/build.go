// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

// brokenFile is where an entry of the cache says what did not build.
const brokenFile = "broken.json"

// Build builds the folder's modules for the kernel k, out of the cache if they
// are there. The result's Broken is by module. Errors are those of
// [kbuild.Build]; a dkms.conf that excludes the kernel is a
// *[kbuild.Unsupported].
func (f *Folder) Build(ctx context.Context, c *cache.Cache, k *kernel.Kernel) (*kbuild.Modules, error) {
	in, err := f.inputs(ctx, c, k)
	if err != nil {
		return nil, err
	}
	dir, err := c.Dir(ctx, in, func(ctx context.Context, tmp string) error {
		work, remove, err := c.Temp(ctx, "foreign")
		if err != nil {
			return err
		}
		defer func() {
			accessible(work)
			remove()
		}()
		s := step.Start(ctx, "build %s for %s", f.Name, k.Release)
		err = f.build(ctx, k, work, tmp)
		if _, excluded := errors.AsType[*kbuild.Unsupported](err); excluded {
			s.End(nil) // it is not that it failed
			return err
		}
		if err == nil {
			err = f.unchanged(ctx, c, k, in)
		}
		return s.End(err)
	})
	if err != nil {
		return nil, err
	}
	c.Prune(ctx, kindForeign)
	m, err := kbuild.Load(dir)
	if err != nil {
		return nil, err
	}
	m.Broken, err = loadBroken(dir)
	return m, err
}

// odd is what Kbuild does not take in the path of a folder: with a space or a
// colon it sees several.
var odd = regexp.MustCompile(`[^A-Za-z0-9._+-]`)

// plain returns the name of a folder in letters that Kbuild takes.
func plain(name string) string { return odd.ReplaceAllString(name, "_") }

// accessible gives back the rights to the folders in work, which a build may
// have taken away from itself: nobody could read or remove them.
func accessible(work string) {
	filepath.WalkDir(work, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(path, 0o700) // before it is read
		}
		return nil
	})
}

// build builds in the folder work and leaves the modules in out.
func (f *Folder) build(ctx context.Context, k *kernel.Kernel, work, out string) error {
	b := &build{folder: f, kernel: k, work: work, root: filepath.Join(work, plain(filepath.Base(f.Root)))}
	inside, err := filepath.Rel(f.Root, f.Dir)
	if err != nil {
		return err
	}
	b.stage = filepath.Join(b.root, inside)
	if err := b.furnish(); err != nil {
		return err
	}
	ways, err := b.ways(ctx)
	if err != nil {
		return err
	}
	kos, err := b.try(ctx, ways)
	if err != nil {
		return err
	}
	if kos, err = b.wanted(kos); err != nil {
		return err
	}
	if err := certain(b.broken); err != nil {
		return err
	}
	if err := kbuild.Keep(ctx, k, kos, out); err != nil {
		return err
	}
	return saveBroken(out, b.broken)
}

// build is a build under way.
type build struct {
	folder *Folder
	kernel *kernel.Kernel
	work   string // a folder of its own
	root   string // the copy of the sources in it
	stage  string // the folder that is built, in the copy

	promised []string                 // the modules that its dkms.conf names
	broken   map[string]*kbuild.Error // modules that do not compile
	without  []string                 // their objects
	moved    string                   // the file that the Kbuild file in the copy includes; "" for none yet
}

// furnish puts into the working folder what a build looks for: the sources, the
// headers in the place where kernels are installed, and a uname that speaks of
// the kernel that is built for.
func (b *build) furnish() error {
	if err := b.folder.copyTo(b.root); err != nil {
		return err
	}
	installed := filepath.Join(b.work, "lib/modules", b.kernel.Release)
	if err := os.MkdirAll(installed, 0o755); err != nil {
		return err
	}
	for _, name := range []string{"build", "source"} {
		if err := os.Symlink(b.kernel.Headers, filepath.Join(installed, name)); err != nil {
			return err
		}
	}
	bin := filepath.Join(b.work, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		return err
	}
	script := fmt.Sprintf("#!/bin/sh\n[ \"$*\" = -r ] && { echo '%s'; exit; }\nPATH=${PATH#*:} exec uname \"$@\"\n", b.kernel.Release)
	return os.WriteFile(filepath.Join(bin, "uname"), []byte(script), 0o755)
}

// try goes the ways until one makes modules, and returns their paths. A way
// that ends at an error in the sources is the last: no other could help.
func (b *build) try(ctx context.Context, ways []way) ([]string, error) {
	var tried []string
	var last *kbuild.Error
	for _, w := range ways {
		e, err := b.goWay(ctx, w)
		if err != nil {
			return nil, err
		}
		kos, err := b.made()
		if err != nil {
			return nil, err
		}
		switch {
		case e.Err == nil && len(kos) > 0:
			return kos, b.fits(kos)
		case e.Err != nil && len(e.Messages) > 0:
			return nil, e
		}
		tried = append(tried, w.text)
		if last == nil || e.Err != nil {
			last = e
		}
	}
	last.Messages = []kbuild.Message{{File: b.folder.Dir, Text: "no module was built: does the folder set obj-m, and does its Makefile heed M= or KDIR=?"}}
	for _, text := range tried {
		last.Messages = append(last.Messages, kbuild.Message{File: "tried", Text: text})
	}
	for _, line := range lastWords(last.Output) {
		last.Messages = append(last.Messages, kbuild.Message{File: "it said", Text: line})
	}
	if found := within(b.folder.Dir); len(found) > 0 {
		last.Messages = append(last.Messages, kbuild.Message{File: "perhaps", Text: "a folder in it is meant: -dir=" + strings.Join(found, ", -dir=")})
	}
	return nil, last
}

// lastWords returns the last lines of a build's output that say something.
func lastWords(output string) []string {
	var lines []string
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(line); line != "" && !chatter.MatchString(line) {
			lines = append(lines, line)
		}
	}
	return lines[max(0, len(lines)-4):]
}

// chatter is what make says whatever happens.
var chatter = regexp.MustCompile(`^make(?:\[\d+\])?: (?:Entering|Leaving|Target .* not remade|\*\*\* .* Error \d)`)

// goWay builds one way. Modules of the folder that do not compile are left out
// as long as that gets others built; otherwise the first error counts.
func (b *build) goWay(ctx context.Context, w way) (*kbuild.Error, error) {
	var first *kbuild.Error
	for {
		output, err := w.command.Run(ctx, b.kernel)
		output = strings.ReplaceAll(output, b.root, b.folder.Root)
		e, err := kbuild.Explain(output, err, b.stage, b.folder.Dir)
		if err != nil {
			return nil, err
		}
		if first == nil {
			first = e
		}
		if !w.plain || e.Err == nil {
			if kos, err := b.made(); err != nil || len(kos) > 0 || e == first {
				return e, err
			}
		} else if more, err := b.leaveOut(e); err != nil || more {
			if err != nil {
				return nil, err
			}
			continue
		}
		b.broken = nil
		return first, nil
	}
}
