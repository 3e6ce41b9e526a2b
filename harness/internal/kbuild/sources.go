// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kmodlab/internal/fault"
)

// sources are the files of a folder that a build reads.
type sources struct {
	dir   string
	only  []string // the folders that were asked for; all when empty
	names []string // relative, sorted
	text  map[string][]byte
}

// isSource tells whether make reads a file: C, headers, assembly and Kbuild's
// own files. Scripts and READMEs are not built, so editing them builds nothing.
func isSource(name string) bool {
	switch filepath.Ext(name) {
	case ".c", ".h", ".S", ".lds", ".mk":
		return !strings.HasSuffix(name, ".mod.c") // made by modpost
	}
	return name == "Kbuild" || name == "Makefile"
}

func readSources(dir string) (*sources, error) {
	s := &sources{dir: dir, text: map[string][]byte{}}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !isSource(d.Name()) {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		s.names = append(s.names, rel)
		s.text[rel], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(s.names) == 0 {
		return nil, &fault.Error{Owner: fault.Usage, What: "no module sources", Where: dir}
	}
	return s, nil
}

// folders returns the top-level folders that have a Kbuild, each a lesson.
func (s *sources) folders() []string {
	var folders []string
	for _, name := range s.names {
		if dir, file := filepath.Split(name); file == "Kbuild" && dir != "" && !strings.Contains(filepath.Clean(dir), "/") {
			folders = append(folders, filepath.Clean(dir))
		}
	}
	return folders
}

// without returns the sources but for those in the folders of left.
func (s *sources) without(left map[string]*Error) *sources {
	return s.where(func(folder string) bool { return left[folder] == nil })
}

// of returns the sources of the folders only, and what all folders share: the
// folders that are no lessons, and the files beside them.
func (s *sources) of(only []string) *sources {
	lessons := s.folders()
	part := s.where(func(folder string) bool { return !slices.Contains(lessons, folder) || slices.Contains(only, folder) })
	part.only = only
	return part
}

func (s *sources) where(keep func(folder string) bool) *sources {
	rest := &sources{dir: s.dir, only: s.only, text: map[string][]byte{}}
	for _, name := range s.names {
		if folder, _, _ := strings.Cut(name, "/"); keep(folder) {
			rest.names = append(rest.names, name)
			rest.text[name] = s.text[name]
		}
	}
	return rest
}
