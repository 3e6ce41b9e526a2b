// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"

	"kmodlab/internal/fault"
)

// A dkms.conf is a script of bash that sets variables. It is read here, not run:
// what it would run outside of the shell is refused, but for a few questions that
// can be answered; it sees the copy of the sources and the headers, and writes
// nothing.

// most is how many commands a dkms.conf may have, those in functions as often as
// they are called.
const most = 2000

// mostMemory is what this program may take meanwhile. It is far more than any
// dkms.conf needs: other work goes on beside, and is none of its doing.
const mostMemory = 512 << 20

// conf is a dkms.conf that is read.
type conf struct {
	build   *build
	sees    []*os.Root // what it may look at
	refused []string   // programs that it wanted
	calls   int
}

// readConf returns the variables that the dkms.conf sets, each with its elements,
// and the programs that it did not get. The error is a [fault.Error] of the build.
func (b *build) readConf(ctx context.Context) (vars map[string][]string, refused []string, err error) {
	path := filepath.Join(b.folder.Dir, dkmsFile)
	bad := func(err error) error {
		return &fault.Error{Owner: fault.Build, What: "cannot read the dkms.conf", Where: path, Err: err}
	}
	c := &conf{build: b}
	for _, dir := range []string{b.work, b.kernel.Headers} {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, nil, err
		}
		defer root.Close()
		c.sees = append(c.sees, root)
	}
	text, err := c.read(filepath.Join(b.stage, dkmsFile))
	if err != nil {
		return nil, nil, bad(err)
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(strings.ReplaceAll(text, "\r\n", "\n")), dkmsFile)
	if err != nil {
		return nil, nil, bad(err)
	}
	if err := endless(file); err != nil {
		return nil, nil, bad(err)
	}
	runner, err := interp.New(interp.Env(expand.ListEnviron(append(b.variables(), "HOME=")...)), interp.Dir(b.stage), interp.StdIO(nil, io.Discard, io.Discard),
		interp.CallHandler(c.call), interp.ExecHandlers(func(interp.ExecHandlerFunc) interp.ExecHandlerFunc { return c.exec }),
		interp.OpenHandler(c.open), interp.StatHandler(c.stat), interp.ReadDirHandler2(c.readDir))
	if err != nil {
		return nil, nil, err
	}
	limited, cancel := modest(ctx, mostMemory)
	defer cancel()
	// A status counts as little as to DKMS, which looks at the variables then.
	err = evaluate(limited, runner, file)
	if context.Cause(limited) == errGreedy {
		return nil, nil, bad(errGreedy)
	}
	if err != nil {
		if _, isStatus := interp.IsExitStatus(err); !isStatus {
			return nil, nil, bad(err)
		}
	}
	return elements(runner.Vars), c.refused, nil
}

// evaluate evaluates file. What the interpreter does not know it panics about.
func evaluate(ctx context.Context, runner *interp.Runner, file *syntax.File) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("not understood: %v", r)
		}
	}()
	return runner.Run(ctx, file)
}

// elements returns the elements of shell variables.
func elements(vars map[string]expand.Variable) map[string][]string {
	all := map[string][]string{}
	for name, v := range vars {
		switch v.Kind {
		case expand.String:
			all[name] = []string{v.Str}
		case expand.Indexed:
			all[name] = v.List
		}
	}
	return all
}

// endless refuses what may go on for ever, or beside: a dkms.conf that is well
// meant has none of it.
func endless(file *syntax.File) error {
	var err error
	refuse := func(node syntax.Node, what string) {
		if err == nil {
			err = fmt.Errorf("line %d: %s is not for a dkms.conf", node.Pos().Line(), what)
		}
	}
	syntax.Walk(file, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.WhileClause:
			refuse(n, "a loop without an end in sight")
		case *syntax.CStyleLoop:
			refuse(n, "a loop without an end in sight")
		case *syntax.ProcSubst, *syntax.CoprocClause:
			refuse(n, "a process beside it")
		case *syntax.Stmt:
			if n.Background {
				refuse(n, "a process beside it")
			}
		case *syntax.Lit:
			if strings.Contains(n.Value, "..") && strings.Contains(n.Value, "{") {
				refuse(n, "a sequence")
			}
		}
		return err == nil
	})
	return err
}

// call counts the commands: a function may call itself.
func (c *conf) call(_ context.Context, args []string) ([]string, error) {
	if c.calls++; c.calls > most {
		return nil, fmt.Errorf("it runs more than %d commands", most)
	}
	return args, nil
}

// exec answers what people ask of a machine in a dkms.conf, and refuses the rest.
func (c *conf) exec(ctx context.Context, args []string) error {
	h := interp.HandlerCtx(ctx)
	switch k := c.build.kernel; {
	case slices.Equal(args, []string{"uname", "-r"}):
		fmt.Fprintln(h.Stdout, k.Release)
	case slices.Equal(args, []string{"uname", "-m"}):
		fmt.Fprintln(h.Stdout, machine(k.Arch))
	case slices.Equal(args, []string{"nproc"}):
		fmt.Fprintln(h.Stdout, 1) // make is told by MAKEFLAGS
	case len(args) == 2 && args[0] == "cat" && args[1] != "-":
		path := args[1]
		if !filepath.IsAbs(path) {
			path = filepath.Join(h.Dir, path)
		}
		text, err := c.read(path)
		if err != nil {
			return interp.NewExitStatus(1)
		}
		fmt.Fprint(h.Stdout, text)
	default:
		if !slices.Contains(c.refused, args[0]) {
			c.refused = append(c.refused, args[0])
		}
		return interp.NewExitStatus(127)
	}
	return nil
}
