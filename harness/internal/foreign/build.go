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
	if reason, err := f.withoutRust(k); err != nil {
		return err
	} else if reason != "" {
		return &kbuild.Unsupported{Reason: reason}
	}
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
	if err := errors.Join(kbuild.KeepNotes(k, b.root, out), kbuild.Keep(ctx, k, kos, out)); err != nil {
		return err
	}
	if b.conf != nil {
		if err := b.script(ctx, "POST_BUILD", b.conf.after); err != nil {
			return err
		}
	}
	return saveBroken(out, b.broken)
}

// promised returns the modules that the dkms.conf names.
func (b *build) promised() []promise {
	if b.conf == nil {
		return nil
	}
	return b.conf.modules
}

// build is a build under way.
type build struct {
	folder *Folder
	kernel *kernel.Kernel
	work   string // a folder of its own
	root   string // the copy of the sources in it
	stage  string // the folder that is built, in the copy

	conf    *dkms                    // what its dkms.conf says; nil for none
	broken  map[string]*kbuild.Error // modules that do not compile
	without []string                 // their objects
	moved   string                   // the file that the Kbuild file in the copy includes; "" for none yet
}

// furnish puts into the working folder what a build looks for: the sources, the
// headers in the place where kernels are installed, and a uname that speaks of
// the kernel that is built for.
func (b *build) furnish() error {
	if err := b.folder.copyTo(b.root); err != nil {
		return err
	}
	if err := b.redirect(); err != nil {
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

// redirect has the Makefiles in the copy look for kernels in the working folder.
// Many name /lib/modules/$(shell uname -r)/build and listen to no variable.
func (b *build) redirect() error {
	for _, name := range recipes {
		path := filepath.Join(b.stage, name)
		text, err := os.ReadFile(path)
		if name == dkmsFile || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		redirected := kernels.ReplaceAll(text, []byte("${1}"+filepath.Join(b.work, "lib/modules")+"/"))
		if err := os.WriteFile(path, redirected, 0o644); err != nil { // keeps its mode
			return err
		}
	}
	return nil
}

// kernels is where kernels are installed, not what ends so.
var kernels = regexp.MustCompile(`(^|[^\w.)}/-])/lib/modules/`)
