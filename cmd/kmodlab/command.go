// SPDX-License-Identifier: GPL-2.0-only

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"kmodlab"
	"kmodlab/harness"
	"kmodlab/internal/fault"
)

// command returns the program's commands: mage's targets, by what the magefile says
// of them, and those that only make sense far from a checkout.
func command() (*cli.Command, error) {
	targets, err := harness.Targets(kmodlab.Magefile)
	if err != nil {
		return nil, err
	}
	var names []string
	root := &cli.Command{
		Name: "kmodlab", Usage: "test kernel modules on many kernels, in VMs", EnableShellCompletion: true, HideVersion: true,
		ConfigureShellCompletionCommand: func(c *cli.Command) { c.Hidden = false },
		OnUsageError:                    func(_ context.Context, _ *cli.Command, err error, _ bool) error { return usage(err, nil) },
	}
	for _, t := range slices.Concat(own, targets) {
		if t.Name == "test" {
			t.Flags = flagsOf("try", targets) // it is that, of a repository
		}
		do, ok := verbs[t.Name]
		if !ok || slices.Contains(names, t.Name) {
			continue // of mage alone, or one of the command's own has its name
		}
		names = append(names, t.Name)
		root.Commands = append(root.Commands, verb(t, do))
	}
	slices.SortFunc(root.Commands, func(a, b *cli.Command) int { return strings.Compare(a.Name, b.Name) })
	root.Action = func(_ context.Context, c *cli.Command) error {
		if name := c.Args().First(); name != "" {
			return usage(fmt.Errorf("there is no command %q", name), []string{name, "the commands"}, names...)
		}
		return cli.ShowRootCommandHelp(c)
	}
	return root, nil
}

// flagsOf returns the flags of the target called name.
func flagsOf(name string, targets []harness.Target) []harness.TargetFlag {
	i := slices.IndexFunc(targets, func(t harness.Target) bool { return t.Name == name })
	if i < 0 {
		return nil
	}
	return targets[i].Flags
}

// verb returns the command of a target.
func verb(t harness.Target, do action) *cli.Command {
	c := &cli.Command{Name: t.Name, Usage: t.Short, Description: strings.ReplaceAll(t.Long, "go tool mage ", "kmodlab "), ArgsUsage: strings.ToUpper(strings.Join(t.Args, " "))}
	var flags []string
	for _, f := range t.Flags {
		flags = append(flags, f.Name)
		switch f.Type {
		case "bool":
			c.Flags = append(c.Flags, &cli.BoolFlag{Name: f.Name, Usage: f.Help})
		case "int":
			c.Flags = append(c.Flags, &cli.IntFlag{Name: f.Name, Usage: f.Help, HideDefault: true})
		default:
			c.Flags = append(c.Flags, &cli.StringFlag{Name: f.Name, Usage: f.Help})
		}
	}
	c.Flags = append(c.Flags, &cli.StringFlag{Name: outFlag, Usage: "folder of the results; " + outFolder + " when left out"})
	c.OnUsageError = func(_ context.Context, _ *cli.Command, err error, _ bool) error {
		name, _ := strings.CutPrefix(err.Error(), "flag provided but not defined: ")
		return usage(err, []string{strings.TrimLeft(name, "-"), "its flags"}, flags...)
	}
	c.Action = func(ctx context.Context, c *cli.Command) error {
		if n := c.Args().Len(); n != len(t.Args) {
			return usage(fmt.Errorf("%s takes %d arguments, not %d", t.Name, len(t.Args), n), nil)
		}
		h, err := home(ctx, c)
		if err != nil {
			return err
		}
		return do(ctx, h, given{c})
	}
	return c
}

// usage returns an error of usage; near, if it is a name and what it should be one
// of, is compared with the known ones.
func usage(err error, near []string, known ...string) error {
	e := &fault.Error{Owner: fault.Usage, What: err.Error(), Hint: "kmodlab -h lists the commands, and kmodlab COMMAND -h what each takes"}
	if len(near) == 2 && len(known) > 0 {
		e.Hint = fault.Choices(near[0], near[1], known)
	}
	return e
}

// Where results go when nobody says.
const (
	outFlag   = "out"
	outFolder = "kmodlab-out"
)

// home is the current folder, with what is compiled in.
func home(ctx context.Context, c *cli.Command) (harness.Home, error) {
	dir, err := os.Getwd()
	if err != nil {
		return harness.Home{}, &fault.Error{Owner: fault.Host, What: "the current folder is gone", Err: errors.Unwrap(err), Hint: "change into one that is there"}
	}
	out := c.String(outFlag)
	if out == "" {
		out = outFolder
	}
	return harness.Installed(ctx, kmodlab.Sources, dir, out, version())
}
