// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"context"
	"os/exec"

	"kmodlab/internal/cache"
	"kmodlab/internal/headers"
	"kmodlab/internal/kernel"
)

// recipe changes whenever this package builds differently from the same input.
const recipe = "5"

// The kinds of the cache entries: what was built, where, and what compilers
// have said to options.
const kindModules, kindStage, kindProbes = "modules", "stage", "probes"

// Target returns what modules for k are built against, and by what: inputs of
// everything that is built for a kernel. The error is a [fault.Error].
func Target(ctx context.Context, c *cache.Cache, k *kernel.Kernel) (*cache.Inputs, error) {
	in := cache.NewInputs("target").Add("release", k.Release).Add("architecture", k.Arch)
	if k.HeadersKey != "" {
		in.Add("headers", k.HeadersKey)
	} else {
		digest, err := headers.Digest(ctx, c, k.Headers)
		if err != nil {
			return nil, err
		}
		in.Add("headers", digest)
		in.Add("place of the headers", k.Headers) // which the debug information names
	}
	return in.Add("toolchain", k.Toolchain.ID).Add("compiler", k.Toolchain.CC).Add("binutils", k.Toolchain.Prefix).
		List("arguments of make", k.Toolchain.Arguments()).List("environment", k.Toolchain.Env).Add("make", program("make")), nil
}

// modulesInputs are those of built modules. The modes of sources are not among
// them, since all are staged alike.
func modulesInputs(s *sources, target *cache.Inputs) *cache.Inputs {
	in := cache.NewInputs(kindModules).Add("recipe", recipe).Join(target)
	for _, name := range s.names {
		in.Sum("source "+name, s.text[name])
	}
	return in
}

// stageInputs are those of the folder in which sources are built for k. What is
// in it changes from build to build: see [sources.stage].
func stageInputs(s *sources, k *kernel.Kernel) *cache.Inputs {
	return cache.NewInputs(kindStage).Add("recipe", recipe).Add("sources", s.dir).List("of them", s.only).
		Add("release", k.Release).Add("architecture", k.Arch).Add("headers", k.Headers).Add("and their contents", k.HeadersKey).
		Add("toolchain", k.Toolchain.ID).Add("compiler", k.Toolchain.CC).Add("binutils", k.Toolchain.Prefix).
		List("arguments of make", k.Toolchain.Arguments()).List("environment", k.Toolchain.Env)
}

// probesInputs are those of the stand-in for a compiler: what it does, which
// compiler it stands for.
func probesInputs(script string, k *kernel.Kernel) *cache.Inputs {
	return cache.NewInputs(kindProbes).Sum("script", []byte(script)).Add("toolchain", k.Toolchain.ID).Add("compiler", k.Toolchain.CC)
}

// program returns what tells one version of a program of this machine from
// another; "" when there is none, which whoever runs it will say.
func program(name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return cache.FileID(path)
}
