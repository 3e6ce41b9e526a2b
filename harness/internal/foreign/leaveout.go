// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kmodlab/harness/internal/kbuild"
	"kmodlab/internal/ko"
)

// partly builds those modules of the folder that can be built, after Kbuild
// alone failed in the attempt a. It returns none when that cannot be told, or
// would be nothing.
func (b *build) partly(ctx context.Context, a *attempt) ([]string, error) {
	for again := a; again.e.Err != nil; {
		if more, err := b.leaveOut(again.e); err != nil {
			return nil, err
		} else if !more {
			break
		}
		var err error
		if again, err = b.goWay(ctx, a.way); err != nil {
			return nil, err
		}
		if again.good(b) {
			return again.kos, nil
		}
	}
	b.broken = nil
	return nil, nil
}

// leaveOut takes the modules that e complains of out of the copy's obj-m. It
// returns whether that is news, and leaves others to be built.
func (b *build) leaveOut(e *kbuild.Error) (bool, error) {
	modules, err := b.modules()
	if err != nil {
		return false, err
	}
	b.unlisted(modules, e.Output)
	news := false
	for file, objects := range modules {
		part := &kbuild.Error{Source: e.Source, Output: e.Output, Err: e.Err}
		for _, m := range e.Messages {
			if base := filepath.Base(m.File); slices.Contains(objects, strings.TrimSuffix(base, filepath.Ext(base))) {
				part.Messages = append(part.Messages, m)
			}
		}
		if name := ko.Name(file); b.broken[name] == nil && len(part.Messages) > 0 {
			news = true
			if b.broken == nil {
				b.broken = map[string]*kbuild.Error{}
			}
			b.broken[name] = part
			b.without = append(b.without, file+".o")
		}
	}
	if !news || len(b.broken) == len(modules) {
		return false, nil
	}
	slices.Sort(b.without)
	return true, b.filter()
}

// modules returns the modules that Kbuild set out to make, without an extension,
// each with its objects, as it wrote them down in NAME.mod: on one line with 5.10,
// on lines with 6.1 (cmd_mod in scripts/Makefile.build). 5.10 does it when the
// module is linked, 6.1 before anything is compiled.
func (b *build) modules() (map[string][]string, error) {
	modules := map[string][]string{}
	err := b.within(func(work *os.Root) error {
		stage, err := filepath.Rel(b.work, b.stage)
		if err != nil {
			return err
		}
		return fs.WalkDir(work.FS(), stage, func(path string, d fs.DirEntry, err error) error {
			file, isList := strings.CutSuffix(filepath.Base(path), ".mod")
			if err != nil || !isList || !d.Type().IsRegular() {
				return err
			}
			text, err := work.ReadFile(path)
			objects := []string{file}
			for object := range strings.FieldsSeq(string(text)) {
				objects = append(objects, strings.TrimSuffix(filepath.Base(object), ".o"))
			}
			modules[file] = objects
			return err
		})
	})
	return modules, err
}

// failedObject is make's complaint about an object.
var failedObject = regexp.MustCompile(`(?m)^make.*\*\*\* \[(?:.*[:/ ])?([\w.+-]+)\.o\] Error`)

// unlisted adds to modules those with objects that failed before Kbuild wrote
// down what they are for: the module is called as the object, or has it in its
// list in the Kbuild file.
func (b *build) unlisted(modules map[string][]string, output string) {
	var recipe string
	for _, name := range recipes {
		if text, err := os.ReadFile(filepath.Join(b.folder.Dir, name)); err == nil {
			recipe += string(text) + "\n"
		}
	}
	for _, m := range failedObject.FindAllStringSubmatch(output, -1) {
		object, module := m[1], m[1]
		if slices.ContainsFunc(slices.Collect(maps.Values(modules)), func(objects []string) bool { return slices.Contains(objects, object) }) {
			continue
		}
		list := regexp.MustCompile(`(?m)^[ \t]*([\w.+-]+)-(?:y|objs)[ \t]*[:+?]*=.*[ \t/=]` + regexp.QuoteMeta(object) + `\.o\b`)
		if named := list.FindStringSubmatch(recipe); named != nil {
			module = named[1]
		}
		modules[module] = append(modules[module], object)
	}
}

// filter puts a Kbuild file into the copy that reads the folder's own and then
// takes the broken modules out.
func (b *build) filter() error {
	return b.within(func(work *os.Root) error {
		stage, err := filepath.Rel(b.work, b.stage)
		if err != nil {
			return err
		}
		own := filepath.Join(stage, "Kbuild")
		const moved = "Kbuild.own"
		if _, err := work.Lstat(own); err == nil && b.moved == "" {
			if err := work.Rename(own, filepath.Join(stage, moved)); err != nil {
				return err
			}
			b.moved = moved
		}
		if b.moved == "" {
			b.moved = "Makefile"
		}
		text := fmt.Sprintf("include $(src)/%s\nobj-m := $(filter-out %s,$(obj-m))\n", b.moved, strings.Join(b.without, " "))
		return work.WriteFile(own, []byte(text), 0o644)
	})
}
