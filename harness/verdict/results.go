// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"kmodlab/harness/fault"
)

// Schema is the version of the results file's format.
const Schema = 1

// Record is what became of one case on one kernel.
type Record struct {
	Kernel    string  `json:"kernel"`  // release: "6.12.118+deb13-cloud-amd64"
	Series    string  `json:"series"`  // "6.12"
	Arch      string  `json:"arch"`    // "amd64"
	Flavour   string  `json:"flavour"` // "cloud"
	Lesson    string  `json:"lesson"`
	Case      string  `json:"case"`
	Verdict   Verdict `json:"verdict"`
	Owner     string  `json:"owner,omitempty"` // whose fault it is
	Reason    string  `json:"reason"`          // "" for a pass
	Seconds   float64 `json:"seconds"`         // wall-clock time of the case, VM and all
	Log       string  `json:"log"`             // path of the kernel log, relative to the results file's folder; "" when there is none
	Diff      string  `json:"diff,omitempty"`  // unified diff of expected and printed log
	VM        string  `json:"vm,omitempty"`    // "clone" or "boot"
	Retried   string  `json:"retried,omitempty"`
	Reproduce string  `json:"reproduce"` // the command that runs exactly this
	Started   string  `json:"started"`   // RFC 3339
}

type file struct {
	Schema  int      `json:"schema"`
	Results []Record `json:"results"`
}

// Write writes records to the results file at path, whole or not at all.
func Write(path string, records []Record) error {
	if records == nil {
		records = []Record{}
	}
	text, err := json.MarshalIndent(file{Schema, records}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return cannotWrite(path, err)
	}
	tmp := path + ".new"
	if err := os.WriteFile(tmp, append(text, '\n'), 0o644); err != nil {
		os.Remove(tmp)
		return cannotWrite(path, err)
	}
	return os.Rename(tmp, path)
}

func cannotWrite(path string, err error) error {
	return &fault.Error{Party: fault.Host, What: "cannot write the results", Where: path, Err: err}
}

// Read reads a results file. A file that is not there is no error: there were
// no results yet.
func Read(path string) ([]Record, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, &fault.Error{Party: fault.Usage, What: "this is no results file", Where: path, Err: err, Fix: "remove it; the next run writes a new one"}
	}
	if f.Schema != Schema {
		return nil, &fault.Error{Party: fault.Usage, What: fmt.Sprintf("the results have schema %d, this program reads %d", f.Schema, Schema), Where: path,
			Fix: "remove the file, or read it with the version of the project that wrote it"}
	}
	return f.Results, nil
}
