// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/harness/internal/lesson"
	"kmodlab/internal/fault"
	"kmodlab/internal/kernel"
	"kmodlab/internal/ko"
)

// Params are module parameters by module: "devices=2 exclusive_caps=1".
type Params map[string]string

// ParseParams reads "MODULE:a=1 b=2", several with semicolons between them. The
// error is a [fault.Error] of usage.
func ParseParams(text string) (Params, error) {
	p := Params{}
	for part := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		name, values, ok := strings.Cut(part, ":")
		if name = strings.TrimSpace(name); !ok || name == "" || strings.ContainsAny(values, "'\n") {
			return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("cannot read the parameters %q", part), Where: "-params", Hint: `write -params="MODULE:a=1 b=2", with a semicolon before the next module`}
		}
		p[strings.ReplaceAll(name, "-", "_")] = values
	}
	return p, nil
}

// Scripts returns the cases of the scripts at the paths, or of those that lie
// beside the sources, none when there are none. A script that makes no sense is a
// [fault.Error].
func (f *Folder) Scripts(paths ...string) ([]lesson.Case, error) {
	var cases []lesson.Case
	scripts := paths
	if len(paths) == 0 {
		var err error
		if scripts, err = filepath.Glob(filepath.Join(f.Dir, "*.txtar")); err != nil {
			return nil, err
		}
	}
	for _, script := range scripts {
		c, err := lesson.ReadCase(script)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	return cases, nil
}

// Cases writes a script for each group of modules that have to do with each
// other into the folder dir, and returns the scripts' cases. A script inserts
// what the modules need of the kernel's own, then them, waits a little, and
// removes them; sees that nothing is left; does it once more, and watches for
// what fires late. Of the kernel's own, what is not on this machine is fetched. A
// module that did not compile is a case too. Modules that need
// each other in a circle are a [fault.Error].
func (f *Folder) Cases(ctx context.Context, dir string, k *kernel.Kernel, m *kbuild.Modules, params Params) ([]lesson.Case, error) {
	set := ko.Set{}
	for name, path := range m.Files {
		module, err := ko.Open(path)
		if err != nil {
			return nil, err
		}
		set[name] = module
	}
	for name := range params {
		if set[name] == nil && m.Broken[name] == nil && !slices.ContainsFunc(f.First, func(first string) bool { return ko.Name(first) == name }) {
			return nil, &fault.Error{Owner: fault.Usage, What: "there is no module " + name, Where: "-params", Hint: "the modules are: " + strings.Join(slices.Sorted(maps.Keys(set)), ", ")}
		}
	}
	dir = filepath.Join(dir, f.Name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, &fault.Error{Owner: fault.Host, What: "cannot write the scripts", Where: dir, Err: err}
	}
	var cases []lesson.Case
	for _, group := range set.Groups() {
		order, err := group.Order()
		if err != nil {
			return nil, &fault.Error{Owner: fault.Module, What: "there is no order to insert them in", Where: f.Dir, Err: err}
		}
		text, err := f.script(ctx, group, order, k, params)
		if err != nil {
			return nil, err
		}
		path := filepath.Join(dir, order[len(order)-1]+".txtar")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return nil, &fault.Error{Owner: fault.Host, What: "cannot write a script", Where: path, Err: err}
		}
		c, err := lesson.ReadCase(path)
		if err != nil {
			return nil, err
		}
		cases = append(cases, c)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Broken)) {
		cases = append(cases, f.Unbuilt(name))
	}
	return cases, nil
}

// Unbuilt is the case of a module that there is no script for, since it did not
// get built; "" is the folder as a whole.
func (f *Folder) Unbuilt(module string) lesson.Case {
	c := lesson.Case{Lesson: f.Name, Name: module, CPUs: 1, Modules: []string{module}}
	if module == "" {
		c.Name, c.Modules = "build", nil
	}
	return c
}

// script returns the script of a group of modules in its order.
func (f *Folder) script(ctx context.Context, group ko.Set, order []string, k *kernel.Kernel, params Params) (string, error) {
	var b strings.Builder
	fmt.Fprintf(&b, "# Insert %s, wait for what comes late, and remove it again.\n", strings.Join(order, ", "))
	var first []string
	for _, name := range f.First {
		first = append(first, ko.Name(name))
	}
	needs, missing, err := inTree(ctx, k, slices.Concat(first, group.Outside()))
	if err != nil {
		return "", err
	}
	for _, name := range missing {
		fmt.Fprintf(&b, "requires module:%s\n", name)
	}
	if slices.ContainsFunc(order, func(name string) bool { return group[name].KUnit }) {
		b.WriteString("requires config:KUNIT\n") // without it the tests are not run, and all is well
	}
	for _, name := range needs {
		fmt.Fprintf(&b, "\n# the kernel's own\ninsmod %s%s\ndmesg *\n", name, quoted(params[name]))
	}
	stays := slices.ContainsFunc(order, func(name string) bool { return !group[name].HasExit })
	if !stays {
		b.WriteString("\nremember\ndmesg *\n")
	}
	insert(&b, order, params)
	b.WriteString("\nrun sleep 1\ndmesg *\n")
	remove(&b, group, order)
	if stays {
		return b.String(), nil
	}
	b.WriteString("\nnothing-left\ndmesg *\n")

	// What the first round left that has no name shows in a second one: what is
	// registered twice, or linked into a list twice. Nothing waits in it, so what
	// the init function began is under way when the exit function runs.
	b.WriteString("\n# Once more, and out again at once.")
	insert(&b, order, params)
	remove(&b, group, order)
	fmt.Fprintf(&b, "\n# What fires late finds no module any more.\nrun sleep %d\ndmesg *\n\nnothing-left\ndmesg *\n", watched)
	return b.String(), nil
}

// watched is for how many seconds of its own time a guest is watched when its
// modules are gone: long enough for what is done once a second or two, short
// enough to be paid for each module on each kernel.
const watched = 3

// insert writes the steps that insert modules.
func insert(b *strings.Builder, order []string, params Params) {
	for _, name := range order {
		fmt.Fprintf(b, "\ninsmod %s%s\ndmesg *\n", name, quoted(params[name]))
	}
}

// remove writes the steps that remove what can be removed.
func remove(b *strings.Builder, group ko.Set, order []string) {
	for _, name := range slices.Backward(order) {
		if !group[name].HasExit {
			fmt.Fprintf(b, "\n# %s has no exit function: it stays, and with it what it needs.\n", name)
			return
		}
		fmt.Fprintf(b, "\nrmmod %s\ndmesg *\n", name)
	}
}

// quoted returns parameters as words of a script, with a space in front.
func quoted(params string) string {
	text := ""
	for word := range strings.FieldsSeq(params) {
		text += " '" + word + "'"
	}
	return text
}

// inTree returns the kernel's own modules that names need, themselves included,
// in insertion order, or those of names that are not there.
func inTree(ctx context.Context, k *kernel.Kernel, names []string) (order, missing []string, err error) {
	if len(names) == 0 {
		return nil, nil, nil
	}
	files, err := k.OwnModules(ctx, names...)
	if err != nil {
		return nil, nil, err
	}
	modules, err := ko.Closure(files, names...)
	if gone, ok := errors.AsType[*ko.MissingError](err); ok {
		return nil, []string{gone.Name}, nil
	}
	for _, m := range modules {
		order = append(order, m.Name)
	}
	return order, nil, err
}
