// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"context"
	"fmt"
	"os"

	"github.com/urfave/cli/v3"

	"kmodlab/harness"
)

// action does what a command is for.
type action func(context.Context, harness.Home, given) error

// given is what was given on the command line.
type given struct{ *cli.Command }

func (g given) flags() harness.Flags {
	return harness.Flags{Kernel: g.String("kernel"), Flavour: g.String("flavour"), Arch: g.String("arch"), KDir: g.String("kdir"), Image: g.String("image"), QEMU: g.String("qemu"), Args: g.String("kernel-args"),
		Lesson: g.String("lesson"), Run: g.String("run"), Shard: g.String("shard"), Update: g.Bool("update"), Locked: g.Bool("locked"), Strict: g.said("strict"),
		Cover: g.Bool("cover"), CoverMin: g.Int("cover-min")}
}

func (g given) try() harness.TryFlags {
	return harness.TryFlags{Flags: g.flags(), Dir: g.String("dir"), Params: g.String("params"), Device: g.String("device")}
}

// said returns a flag that is true or false, nil when it was left out.
func (g given) said(name string) *bool {
	if !g.IsSet(name) {
		return nil
	}
	value := g.Bool(name)
	return &value
}

// number returns a flag that is a number, or what it is when it was left out.
func (g given) number(name string, otherwise int) int {
	if !g.IsSet(name) {
		return otherwise
	}
	return g.Int(name)
}

// verbs are the commands. What is not here is for who works on the project itself.
var verbs = map[string]action{
	"test":   func(ctx context.Context, h harness.Home, g given) error { return h.Project(ctx, os.Stdout, g.try()) },
	"try":    func(ctx context.Context, h harness.Home, g given) error { return h.Try(ctx, os.Stdout, g.try()) },
	"run":    func(ctx context.Context, h harness.Home, g given) error { return h.Run(ctx, os.Stdout, g.flags()) },
	"bisect": func(ctx context.Context, h harness.Home, g given) error { return h.Bisect(ctx, os.Stdout, g.flags()) },
	"shell":  func(ctx context.Context, h harness.Home, g given) error { return h.Shell(ctx, os.Stdout, g.flags()) },
	"debug":  func(ctx context.Context, h harness.Home, g given) error { return h.Debug(ctx, os.Stdout, g.flags()) },
	"report": func(ctx context.Context, h harness.Home, _ given) error { return h.Report(ctx, os.Stdout) },
	"plan": func(ctx context.Context, h harness.Home, g given) error {
		return h.Plan(ctx, os.Stdout, g.flags(), g.Bool("json"))
	},
	"merge": func(ctx context.Context, h harness.Home, g given) error {
		return h.Merge(ctx, os.Stdout, g.Args().First(), g.flags())
	},
	"bench": func(ctx context.Context, h harness.Home, g given) error {
		return h.Bench(ctx, os.Stdout, g.flags(), max(1, g.number("rounds", 10)))
	},
	"cycles": func(ctx context.Context, h harness.Home, g given) error {
		return h.Cycles(ctx, os.Stdout, g.flags(), g.number("rounds", 200))
	},
	"explain": func(ctx context.Context, h harness.Home, g given) error {
		return h.Explain(ctx, os.Stdout, g.Args().First(), g.Bool("json"))
	},
	"kernels":      kernels,
	"kernels:list": kernels,
	"kernels:points": func(ctx context.Context, h harness.Home, g given) error {
		return h.KernelsPoints(ctx, os.Stdout, g.flags())
	},
	"new": func(_ context.Context, h harness.Home, g given) error {
		return h.NewProject(os.Stdout, g.Args().First())
	},
	"init": func(_ context.Context, h harness.Home, g given) error {
		return h.Init(os.Stdout, g.String("ci"), g.Bool("gitignore"))
	},
	"doctor": func(ctx context.Context, h harness.Home, g given) error {
		return h.Doctor(ctx, os.Stdout, g.flags(), g.Bool("json"))
	},
	"version": func(context.Context, harness.Home, given) error {
		_, err := fmt.Println("kmodlab", version())
		return err
	},
}

func kernels(ctx context.Context, h harness.Home, _ given) error { return h.Kernels(ctx, os.Stdout) }

// own are commands that mage does not have, or has in another sense.
var own = []harness.Target{
	{Name: "test", Short: "tests the modules of this repository",
		Long: "Test builds the modules of the repository that the current folder is in, for every\n" +
			"kernel that its kmodlab.toml names, inserts and removes them, or runs its scripts, and\n" +
			"shows what the kernels printed. Without that file it takes the modules of this folder\n" +
			"and the kernels 5.10, 6.1, 6.12 and 7.3. What a flag says goes before."},
	{Name: "new", Args: []string{"name"}, Short: "makes a folder NAME with a module that passes its test at once"},
	{Name: "init", Short: "writes kmodlab.toml, a first script and a file for CI",
		Long: "Init writes kmodlab.toml, a script to begin with if this folder has one module and no\n" +
			"script, and with -ci a file for CI. It overwrites nothing.",
		Flags: []harness.TargetFlag{{Name: "ci", Type: "string", Help: "github or gitlab"},
			{Name: "gitignore", Type: "bool", Help: "have git ignore the results"}}},
	{Name: "doctor", Short: "tells what this machine has of what is needed",
		Flags: []harness.TargetFlag{{Name: "qemu", Type: "string", Help: "which QEMU: own (of the archive), host, or a path"},
			{Name: "json", Type: "bool", Help: "for a program instead of a person"}}},
	{Name: "version", Short: "tells of which commit this program is"},
}
