// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"kmodlab/internal/fault"
)

// noRecipe says that dir is no folder of modules, which folders in it may be
// meant, and what to write where it has the sources of modules all the same.
func noRecipe(dir string) error {
	e := &fault.Error{Owner: fault.Usage, What: "there is no module to build: neither Kbuild, Makefile nor dkms.conf", Where: dir, Hint: "name the folder that make builds the module in"}
	if found := within(dir); len(found) > 0 {
		e.Hint += ", such as -dir=" + strings.Join(found, ", -dir=")
	} else if objects := objects(dir); len(objects) > 0 {
		e.Hint = "write into " + filepath.Join(dir, "Makefile") + ": obj-m := " + strings.Join(objects, " ")
	}
	return e
}

// declares is what the source of a module has, and no other.
var declares = regexp.MustCompile(`(?m)^[^/*"]*\b(?:module_init|module_exit|MODULE_LICENSE|module_\w*driver)[ \t]*\(`)

// objects returns what obj-m has to be for the modules of which dir has the
// sources, one source each.
func objects(dir string) []string {
	var objects []string
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name, isC := strings.CutSuffix(e.Name(), ".c")
		if !isC {
			continue
		}
		if text, err := os.ReadFile(filepath.Join(dir, e.Name())); err == nil && declares.Match(text) {
			objects = append(objects, name+".o")
		}
	}
	return objects
}

// buildsModules says whether the recipe of a folder speaks of modules.
func buildsModules(dir string) bool {
	for _, name := range recipes {
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil && (name == dkmsFile || strings.Contains(string(text), "obj-")) {
			return true
		}
	}
	return false
}

// within returns up to three folders below dir that build modules, the ones
// less deep first. What is in such a folder belongs to it.
func within(dir string) []string {
	const most, depth = 3, 4
	var found []string
	for level := []string{dir}; len(level) > 0 && len(found) < most; {
		var next []string
		for _, above := range level {
			entries, err := os.ReadDir(above)
			if err != nil {
				continue // perhaps not for us to read, and only a guess
			}
			for _, e := range entries {
				sub := filepath.Join(above, e.Name())
				switch {
				case e.Type()&fs.ModeDir == 0 || isHistory(e.Name()):
				case buildsModules(sub):
					found = append(found, sub)
				case strings.Count(sub[len(dir):], string(filepath.Separator)) < depth:
					next = append(next, sub)
				}
			}
		}
		level = next
	}
	return found[:min(len(found), most)]
}
