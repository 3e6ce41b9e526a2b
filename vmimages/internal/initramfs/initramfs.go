// SPDX-License-Identifier: GPL-2.0-only

// Package initramfs builds what a VM boots into: u-root with its init as the
// first process, a shell and a few tools, the agent as u-root's uinit, and
// the executor that the agent needs.
//
// The image is three archives after each other, which the kernel unpacks as
// one: the userland (half a minute to build, the same for every kernel), the
// agent and the executor (a second), and the virtio modules of a kernel that does
// not have them built in. It is not compressed: unpacking costs an emulated CPU
// more time than copying does.
package initramfs

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"kmodlab/guest/executor"
	"kmodlab/internal/cache"
	"kmodlab/internal/kernel"
	"kmodlab/internal/step"
)

// Image is an initramfs in the cache.
type Image struct {
	Path string // the uncompressed cpio archive
	Key  string // names its contents, for keys of what is made from it
}

// Build returns the initramfs for k out of the cache, and builds what is
// missing from the sources of the module root (the folder of go.mod). Errors
// are a [fault.Error] where the user can help.
func Build(ctx context.Context, c *cache.Cache, root string, k *kernel.Kernel) (Image, error) {
	in, err := readInputs(root, k)
	if err != nil {
		return Image{}, fmt.Errorf("initramfs: %w", err)
	}
	made := in.imageInputs()
	dir, err := c.Dir(ctx, made, func(ctx context.Context, tmp string) error {
		userland, err := c.Dir(ctx, in.userlandInputs(), in.buildUserland)
		if err != nil {
			return err
		}
		c.Prune(ctx, kindUserland)
		c.Prune(ctx, kindImage)
		return in.assemble(ctx, tmp, filepath.Join(userland, "userland.cpio"))
	})
	if err != nil {
		return Image{}, err
	}
	return Image{Path: filepath.Join(dir, "initramfs.cpio"), Key: made.Key()}, nil
}

// buildUserland builds u-root's busybox with mkuimage into the folder tmp.
func (in *inputs) buildUserland(ctx context.Context, tmp string) error {
	s := step.Start(ctx, "build the u-root image (once)")
	out := filepath.Join(tmp, "userland.cpio")
	work := filepath.Join(tmp, "work")
	if err := os.Mkdir(work, 0o755); err != nil {
		return s.End(err)
	}
	// Not "go tool mkuimage": that would be built for the guest.
	mkuimage := filepath.Join(work, "mkuimage")
	if err := in.goCommand(ctx, work, runtime.GOARCH, "go", "build", "-o", mkuimage, "github.com/u-root/mkuimage/cmd/mkuimage"); err != nil {
		return s.End(err)
	}
	if err := in.goCommand(ctx, work, in.arch, mkuimage, append(mkuimageArgs(out, work), commands()...)...); err != nil {
		return s.End(err)
	}
	return s.End(os.RemoveAll(work))
}

// assemble builds the agent and the executor, and joins the archives.
func (in *inputs) assemble(ctx context.Context, tmp, userland string) error {
	s := step.Start(ctx, "build the initramfs")
	agent := filepath.Join(tmp, "agent")
	if err := in.goCommand(ctx, tmp, in.arch, "go", agentArgs(agent)...); err != nil {
		return s.End(err)
	}
	work := filepath.Join(tmp, "executor")
	if err := os.Mkdir(work, 0o755); err != nil {
		return s.End(err)
	}
	executor, err := executor.Build(ctx, in.kernel, work)
	if err != nil {
		return s.End(err)
	}
	out, err := os.Create(filepath.Join(tmp, "initramfs.cpio"))
	if err != nil {
		return s.End(err)
	}
	defer out.Close()
	if err := appendFile(out, userland); err != nil {
		return s.End(err)
	}
	if err := in.appendOurs(out, agent, executor); err != nil {
		return s.End(err)
	}
	for _, built := range []string{agent, work} {
		if err := os.RemoveAll(built); err != nil {
			return s.End(err)
		}
	}
	return s.End(out.Close())
}

func appendFile(out io.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(out, f)
	return err
}
