// SPDX-License-Identifier: GPL-2.0-only

package verdict

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"kmodlab/internal/fault"
)

// Schema is the version of the results file's format.
const Schema = 3

// Record is what became of one case on one kernel. It is all that a report
// needs: whoever has the results file and the logs beside it can make every
// report again.
type Record struct {
	Column    string   `json:"column"`                // how a person calls the kernel: "6.12", "6.12 rt", "6.12.113+deb13"
	Kernel    string   `json:"kernel"`                // release: "6.12.118+deb13-cloud-amd64"
	Series    string   `json:"series"`                // "6.12"
	Arch      string   `json:"arch"`                  // "amd64"
	Flavour   string   `json:"flavour"`               // "cloud"
	Args      string   `json:"kernel_args,omitempty"` // what was added to the kernel's command line, as one text; "" when nothing was
	Lesson    string   `json:"lesson"`
	Case      string   `json:"case"`
	Verdict   Verdict  `json:"verdict"`
	Owner     string   `json:"owner,omitempty"`   // whose fault it is
	Reason    string   `json:"reason"`            // "" for a pass
	Seconds   float64  `json:"seconds"`           // wall-clock time of the case, VM and all
	Log       string   `json:"log"`               // path of the kernel log, relative to the results file's folder; "" when there is none
	Diff      string   `json:"diff,omitempty"`    // unified diff of expected and printed log
	Stack     string   `json:"stack,omitempty"`   // where a hanging task is in the kernel, with lines of the module's source where they are known
	Trouble   string   `json:"trouble,omitempty"` // what the kernel reported, without registers, with lines of the module's source where they are known
	VM        string   `json:"vm,omitempty"`      // "clone" or "boot"
	Retried   string   `json:"retried,omitempty"`
	Findings  []string `json:"findings,omitempty"` // what the kernel remarked on a case that passed: deprecations and the like
	Notes     []string `json:"notes,omitempty"`    // how the verdict was reached, where that is not plain; they differ from run to run
	Reproduce string   `json:"reproduce"`          // the command that runs exactly this
	Started   string   `json:"started"`            // RFC 3339, with milliseconds

	Script   string    `json:"script"`             // path of the script, relative to the project's folder
	Line     int       `json:"line,omitempty"`     // line of the script that ended the case; 0 when it finished
	Steps    []Step    `json:"steps,omitempty"`    // what the script did, and what the kernel said to it
	Messages []Message `json:"messages,omitempty"` // of a build that failed

	Commit  string `json:"commit,omitempty"`  // of the project, or of the repository that was tested, as package commit tells it; "" when it is not known
	Kmodlab string `json:"kmodlab,omitempty"` // which one judged, where the modules are not of the project; "" when it is not known
	Lost    *Loss  `json:"lost,omitempty"`    // of a case that is a failure only because an older kernel has what this one lacks
	Missing bool   `json:"missing,omitempty"` // nobody ran it
}

// Step is a step of a script, and what the kernel printed.
type Step struct {
	Text     string `json:"step"`              // "insmod notify"
	Section  string `json:"section,omitempty"` // of the script, with the expected log; "" when nothing may be printed
	Expected string `json:"expected,omitempty"`
	Got      string `json:"got,omitempty"`
	Compared bool   `json:"compared"` // false for a step whose log nobody came to compare
	Equal    bool   `json:"equal"`    // expected and printed are the same
}

// Message is a message of the compiler or of the linker.
type Message struct {
	File string `json:"file"`           // relative to the project's folder
	Line int    `json:"line,omitempty"` // 0 when none is known
	Text string `json:"text"`
}

type file struct {
	Schema  int      `json:"schema"`
	Results []Record `json:"results"`
	Ledger  string   `json:"ledger,omitempty"`
}

// Write writes records to the results file at path, whole or not at all.
func Write(path string, records []Record) error { return Judgement{Records: records}.Write(path) }

// Write writes all but the changes to the results file at path, whole or not at
// all.
func (j Judgement) Write(path string) error {
	if j.Records == nil {
		j.Records = []Record{}
	}
	text, err := json.MarshalIndent(file{Schema, j.Records, j.Ledger}, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return cannotWrite(path, err)
	}
	if err := Replace(path, append(text, '\n')); err != nil {
		return cannotWrite(path, err)
	}
	return nil
}

// Replace writes text to path by way of a file beside it, so that a reader sees
// the old file or the new one. The folder must exist.
func Replace(path string, text []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // after the rename there is nothing to remove
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Chmod(0o644), tmp.Close())
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

func cannotWrite(path string, err error) error {
	return &fault.Error{Owner: fault.Host, What: "cannot write the results", Where: path, Err: err}
}

// Read reads the records of a results file. A file that is not there is no
// error: there were no results yet.
func Read(path string) ([]Record, error) {
	j, err := ReadJudgement(path)
	return j.Records, err
}

// ReadJudgement reads what [Judgement.Write] wrote, as it was judged then; its
// records are nil when there is no such file.
func ReadJudgement(path string) (Judgement, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Judgement{}, nil
	}
	if err != nil {
		return Judgement{}, &fault.Error{Owner: fault.Host, What: "cannot read the results", Where: path, Err: err}
	}
	f, err := parse(path, text)
	return Judgement{Records: f.Results, Ledger: f.Ledger}, err
}

// parse reads the text of the results file at path.
func parse(path string, text []byte) (file, error) {
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return file{}, &fault.Error{Owner: fault.Usage, What: "this is no results file", Where: path, Err: err, Hint: "remove it; the next run writes a new one"}
	}
	if f.Schema != Schema {
		return file{}, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("the results have schema %d, this program reads %d", f.Schema, Schema), Where: path,
			Hint: "remove the file, or read it with the version of the project that wrote it; the next run writes a new one"}
	}
	for _, r := range f.Results {
		if !slices.Contains(All(), r.Verdict) {
			return file{}, &fault.Error{Owner: fault.Usage, What: fmt.Sprintf("the results have a verdict %q for %s/%s", r.Verdict, r.Lesson, r.Case), Where: path,
				Hint: "remove the file; the next run writes a new one"}
		}
	}
	return f, nil
}
