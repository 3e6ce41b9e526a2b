// SPDX-License-Identifier: GPL-2.0-only

package lesson

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"text/template"

	"kmodlab/internal/fault"
)

// blueprints are the files of a new lesson. The name of the lesson stands for
// NAME in the names of the files.
//
//go:embed blueprint
var blueprints embed.FS

// identifier is a name that can be a folder, a module and the beginning of a C
// function.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// maxName is the longest name of a module (MODULE_NAME_LEN of
// include/linux/module.h less the byte that ends it).
const maxName = 64 - 8 - 1

// New makes the lesson called name in the folder dir: a module that greets, its
// README, which says that the command again runs it, and a script with what it
// prints. It returns the paths of the files.
// A name that is taken, or that is no C identifier, is a [fault.Error] of
// usage; then, and after any other error, dir is as it was.
func New(dir, name, again string) ([]string, error) {
	if !identifier.MatchString(name) || len(name) > maxName || name == includeFolder {
		return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("%q cannot be the name of a lesson", name),
			Hint: fmt.Sprintf("take a C identifier of at most %d letters, digits and underscores, such as my_chain", maxName)}
	}
	lesson := filepath.Join(dir, name)
	if err := os.Mkdir(lesson, 0o755); errors.Is(err, fs.ErrExist) {
		return nil, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("there is a %q already", name), Where: lesson, Hint: "take another name"}
	} else if err != nil {
		return nil, &fault.Error{Owner: fault.Host, What: "cannot make the lesson", Where: lesson, Err: err}
	}
	paths, err := fill(lesson, name, again)
	if err == nil {
		err = onPath(filepath.Join(dir, "README.md"), name)
	}
	if err != nil {
		os.RemoveAll(lesson) // ours: it was not there before
		return nil, err
	}
	return paths, nil
}

// ownPart is the part of the path through the lessons that new ones are put
// in, until somebody finds a better place for them.
const ownPart = "### Your own\n\n" + pathMark + "\n| lesson | you learn | needs |\n|---|---|---|\n"

// pathMark stands above each table of the path.
const pathMark = "<!-- table: path -->"

// onPath adds the lesson to the path through the lessons in the file readme,
// if there is one.
func onPath(readme, name string) error {
	text, err := os.ReadFile(readme)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	page := string(text)
	last := strings.LastIndex(page, pathMark)
	if last < 0 {
		return nil // a page of another kind
	}
	end := len(page)
	if blank := strings.Index(page[last:], "\n\n"); blank >= 0 {
		end = last + blank + 1
	}
	row := fmt.Sprintf("| [%s](%s/README.md) | that a module can say hello | |\n", name, name)
	if !strings.Contains(page, ownPart) {
		row = "\n" + ownPart + row
	}
	return os.WriteFile(readme, []byte(page[:end]+row+page[end:]), 0o644)
}

// includeFolder is the one folder beside the lessons that is none.
const includeFolder = "include"

// fill writes the blueprints into the folder lesson.
func fill(lesson, name, again string) ([]string, error) {
	read := func(file string) (string, error) { // for a README that shows the script
		text, err := os.ReadFile(filepath.Join(lesson, file))
		return strings.TrimRight(string(text), "\n"), err
	}
	// Another pair of brackets: those of Go templates are C, too.
	blank, err := template.New("").Delims("<%", "%>").Funcs(template.FuncMap{"read": read}).ParseFS(blueprints, "blueprint/*")
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, file := range []string{"Kbuild", "Makefile", "NAME.c", "NAME.txtar", "README.md"} { // README.md reads the script
		var text strings.Builder
		if err := blank.ExecuteTemplate(&text, file, map[string]string{"Name": name, "Again": again}); err != nil {
			return nil, err
		}
		path := filepath.Join(lesson, strings.ReplaceAll(file, "NAME", name))
		if err := os.WriteFile(path, []byte(text.String()), 0o644); err != nil {
			return nil, &fault.Error{Owner: fault.Host, What: "cannot write the lesson", Where: path, Err: err}
		}
		paths = append(paths, path)
	}
	return paths, nil
}
