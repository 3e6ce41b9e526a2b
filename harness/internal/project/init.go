// SPDX-License-Identifier: GPL-2.0-only

package project

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// blueprints are the files that Init writes.
//
//go:embed blueprint
var blueprints embed.FS

// ciFiles are the files for CI, by whose they are.
var ciFiles = map[string]struct{ path, blueprint string }{
	"github": {".github/workflows/kmodlab.yml", "github.yml"},
	"gitlab": {".gitlab-ci.yml", "gitlab.yml"},
}

// Init writes into the folder dir a kmodlab.toml, a script if there is one module
// and no script, and the file for the CI of that name, if it is not "". It returns the paths
// of the files, that of CI last. What is there is not touched: a file that is in the
// way, like a folder without modules, is a [fault.Error] of usage, and then nothing
// is written.
func Init(dir, ci string) ([]string, error) {
	modules, err := modulesIn(dir)
	if err != nil {
		return nil, err
	}
	texts, order, err := begin(dir, modules, ci)
	if err != nil {
		return nil, err
	}
	for _, path := range order {
		if _, err := os.Lstat(path); err == nil {
			return nil, &fault.Error{Owner: fault.Usage, What: "there is a " + filepath.Base(path) + " already", Where: path, Hint: "move it away to have it written anew"}
		}
	}
	for _, path := range order {
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, texts[path], 0o644)); err != nil {
			return nil, &fault.Error{Owner: fault.Host, What: "cannot write what the tests begin with", Where: path, Err: err}
		}
	}
	return order, nil
}

// begin returns the files to write, with their texts, in order.
func begin(dir string, modules []string, ci string) (map[string][]byte, []string, error) {
	texts, order := map[string][]byte{}, []string{}
	add := func(path, name string, replace ...string) error {
		text, err := blueprints.ReadFile("blueprint/" + name)
		path = filepath.Join(dir, path)
		texts[path], order = []byte(strings.NewReplacer(replace...).Replace(string(text))), append(order, path)
		return err
	}
	err := add(File, File)
	scripts, globErr := filepath.Glob(filepath.Join(dir, "*.txtar"))
	// Of several modules one may need another; without scripts they are inserted in
	// the right order.
	if len(scripts) == 0 && len(modules) == 1 {
		err = errors.Join(err, add(modules[0]+".txtar", "NAME.txtar", "NAME", modules[0]))
	}
	if ci == "" {
		return texts, order, errors.Join(err, globErr)
	}
	file, ok := ciFiles[ci]
	if !ok {
		return nil, nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is no file for the CI of %q", ci), Where: "-ci", Hint: fault.Choices(ci, "those that there are", slices.Sorted(maps.Keys(ciFiles)))}
	}
	return texts, order, errors.Join(err, globErr, add(file.path, file.blueprint))
}

// object is a module's name in what is assigned to obj-m.
var object = regexp.MustCompile(`(?m)^\s*obj-(?:m|\$\([A-Z0-9_]+\))\s*[:+]?=([^#\n]*)`)

// modulesIn returns the names of the modules that the folder dir says it builds.
func modulesIn(dir string) ([]string, error) {
	var names []string
	read := false
	for _, file := range []string{"Kbuild", "Makefile"} {
		text, err := os.ReadFile(filepath.Join(dir, file))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, &fault.Error{Owner: fault.Usage, What: "cannot read how the modules are built", Where: filepath.Join(dir, file), Err: err}
		}
		read = true
		for _, m := range object.FindAllStringSubmatch(string(text), -1) {
			for word := range strings.FieldsSeq(m[1]) {
				if name, ok := strings.CutSuffix(word, ".o"); ok && !slices.Contains(names, name) {
					names = append(names, strings.ReplaceAll(name, "-", "_"))
				}
			}
		}
	}
	if !read {
		return nil, &fault.Error{Owner: fault.Usage, What: "there is no module in this folder: neither Kbuild nor Makefile", Where: dir,
			Hint: "change into the folder of the module, or make one: " + fault.Command("new NAME")}
	}
	return names, nil
}
