// SPDX-License-Identifier: GPL-2.0-only

package project

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"kmodlab/internal/fault"
)

// guestFiles is the folder of a guest that has the files of a project, each by the
// path that it has below the project's folder.
const guestFiles = "/files"

// maxFiles is how many bytes files may have: each VM of a run gets them, by a port
// that takes 10 MB in a second, into a memory of 256 MB.
const maxFiles = 32 << 20

// Along is what goes along into a guest.
type Along struct {
	Path string      // in the guest
	Mode fs.FileMode // 0o755 for what may be run, else 0o644
	Data []byte
}

// ReadFiles reads the files that the patterns match, for guests of the arches. The
// error is a [fault.Error] of usage: a pattern that matches nothing, what lies
// outside of the project or is no file, too many bytes, a program that these guests
// cannot run.
func (p *Project) ReadFiles(arches []string) ([]Along, error) {
	if len(p.Files) == 0 {
		return nil, nil
	}
	wrong := func(what string, err error, hint string) error {
		return &fault.Error{Owner: fault.Usage, What: what, Where: filepath.Join(p.Root, File), Err: err, Hint: hint}
	}
	root, err := os.OpenRoot(p.Root) // a link in it that leads out of it leads nowhere
	if err != nil {
		return nil, wrong("cannot read the project's folder", err, "")
	}
	defer root.Close()
	var all []Along
	given, size := map[string]bool{}, 0
	for _, pattern := range p.Files {
		names, err := fs.Glob(root.FS(), path.Clean(filepath.ToSlash(pattern)))
		if err == nil && len(names) == 0 {
			err = errors.New("there is no such file")
		}
		if err != nil {
			return nil, wrong(fmt.Sprintf("no file matches %q", pattern), err, "programs are built before kmodlab runs; a link that leads out of the project leads nowhere")
		}
		for _, name := range names {
			if given[guestFiles+"/"+name] {
				continue
			}
			f, err := readAlong(root, name, maxFiles-size)
			if err != nil {
				return nil, wrong("cannot take along "+name, err, "name plain files below the folder of "+File+", of 32 MB at most in all")
			}
			given[f.Path], size = true, size+len(f.Data)
			all = append(all, f)
		}
	}
	for _, f := range all {
		if err := runsOn(f, arches, given); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// readAlong reads the file called name, which may have that many bytes.
func readAlong(root *os.Root, name string, most int) (Along, error) {
	info, err := root.Stat(name)
	switch {
	case err != nil:
		return Along{}, err
	case !info.Mode().IsRegular():
		return Along{}, fmt.Errorf("it is no plain file but %s", info.Mode())
	case info.Size() > int64(most):
		return Along{}, fmt.Errorf("it has %d bytes, and %d are left", info.Size(), most)
	}
	f := Along{Path: guestFiles + "/" + name, Mode: 0o644}
	if info.Mode()&0o100 != 0 {
		f.Mode = 0o755
	}
	f.Data, err = root.ReadFile(name)
	return f, err
}
