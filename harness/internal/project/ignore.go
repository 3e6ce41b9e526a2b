// SPDX-License-Identifier: GPL-2.0-only

package project

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// Ignore has git ignore the folder name below dir, by a line in the file
// .gitignore there, whose path it returns. Other lines stay as they are.
func Ignore(dir, name string) (string, error) {
	path, line := filepath.Join(dir, ".gitignore"), "/"+name+"/"
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", &fault.Error{Owner: fault.Usage, What: "cannot read what git ignores", Where: path, Err: err}
	}
	have := string(text)
	if slices.Contains(strings.Split(have, "\n"), line) {
		return path, nil
	}
	if have != "" && !strings.HasSuffix(have, "\n") {
		have += "\n"
	}
	if err := os.WriteFile(path, []byte(have+line+"\n"), 0o644); err != nil {
		return "", &fault.Error{Owner: fault.Host, What: "cannot write what git is to ignore", Where: path, Err: err}
	}
	return path, nil
}
