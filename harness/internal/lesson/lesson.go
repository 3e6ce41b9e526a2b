// SPDX-License-Identifier: GPL-2.0-only

// Package lesson finds the lessons and runs their scripts.
//
// A lesson is a folder under kmod with a module, a README and scripts. A
// script is a txtar file: comments and steps, and at its end the log that the
// kernel must print for each step. It is run by testscript, the Go project's
// own script-test engine, with the commands of this package; what a script
// says is the specification, there is no other list of what a lesson does.
package lesson

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"

	"github.com/rogpeppe/go-internal/txtar"

	"kmodlab/internal/fault"
)

// Lesson is a folder with scripts.
type Lesson struct {
	Name  string // the folder's name: "notify"
	Dir   string // its path
	Cases []Case // sorted by name
}

// Case is one script of a lesson.
type Case struct {
	Lesson   string   // "notify"
	Name     string   // the file's name without .txtar: "transcript"
	Script   string   // the file's path
	Title    string   // first comment line of the script
	Modules  []string // the modules it inserts, in order of first use
	Requires []string // conditions without which it is unsupported, as the script writes them
	CPUs     int      // guest CPUs it asks for ("requires cpus:2"); 1 when it does not say
	Gone     []string // series in which something that it requires went away, as "# gone in 6.2: why" says
	Loads    []Load   // what it inserts and removes, in its order
}

// ID returns the case's name across lessons: "notify/transcript".
func (c Case) ID() string { return c.Lesson + "/" + c.Name }

// Find returns the lessons in the folders of dir, sorted by name. A script
// that uses a command that scripts do not have is a [fault.Error] with file
// and line.
func Find(dir string) ([]Lesson, error) {
	scripts, err := filepath.Glob(filepath.Join(dir, "*", "*.txtar"))
	if err != nil {
		return nil, err
	}
	sort.Strings(scripts)
	var lessons []Lesson
	for _, script := range scripts {
		folder := filepath.Dir(script)
		if n := len(lessons); n == 0 || lessons[n-1].Dir != folder {
			lessons = append(lessons, Lesson{Name: filepath.Base(folder), Dir: folder})
		}
		c, err := ReadCase(script)
		if err != nil {
			return nil, err
		}
		last := &lessons[len(lessons)-1]
		last.Cases = append(last.Cases, c)
	}
	if len(lessons) == 0 {
		return nil, &fault.Error{Owner: fault.Usage, What: "no lessons found", Where: dir, Hint: "run from the project's root; a lesson is a folder of kmod with a .txtar script"}
	}
	return lessons, nil
}

// ReadCase reads the script at path far enough to know what it needs.
func ReadCase(path string) (Case, error) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		return Case{}, err
	}
	if err := checkHoles(path, archive); err != nil {
		return Case{}, err
	}
	c := Case{
		Lesson: filepath.Base(filepath.Dir(path)),
		Name:   strings.TrimSuffix(filepath.Base(path), ".txtar"),
		Script: path,
		CPUs:   1,
		Loads:  readLoads(string(archive.Comment)),
	}
	seen := map[string]bool{}
	sc := bufio.NewScanner(strings.NewReader(string(archive.Comment)))
	for n := 1; sc.Scan(); n++ {
		line := strings.TrimSpace(sc.Text())
		if comment, ok := strings.CutPrefix(line, "#"); ok && c.Title == "" {
			c.Title = strings.TrimSpace(comment)
		}
		if strings.HasPrefix(line, "# gone") {
			m := goneLine.FindStringSubmatch(line)
			if m == nil {
				return Case{}, &fault.Error{Owner: fault.Module, What: "this does not say since when something is gone, and why", Where: fmt.Sprintf("%s:%d", path, n),
					Hint: "write: # gone in X.Y: REASON, with the commit that took it away"}
			}
			c.Gone = append(c.Gone, m[1])
		}
		_, _, words := splitLine(line)
		if len(words) == 0 {
			continue
		}
		if !scriptWords[words[0]] {
			return Case{}, &fault.Error{Owner: fault.Module, What: fmt.Sprintf("a script has no command %q", words[0]), Where: fmt.Sprintf("%s:%d", path, n), Hint: "the commands are: " + wordList()}
		}
		if len(words) > 1 {
			c.learn(words, seen)
		}
	}
	return c, sc.Err()
}

// goneLine explains why a newer kernel lacks what an older one has. The reason
// must be there; whether it is a good one is for readers to judge.
var goneLine = regexp.MustCompile(`^# gone in (\d+\.\d+): \S`)

func (c *Case) learn(words []string, seen map[string]bool) {
	switch words[0] {
	case "insmod":
		if !seen[words[1]] {
			seen[words[1]] = true
			c.Modules = append(c.Modules, words[1])
		}
	case "requires":
		for _, condition := range words[1:] {
			if condition == "cpus:2" {
				c.CPUs = 2
				continue
			}
			c.Requires = append(c.Requires, condition)
		}
	}
}

// ReadScript returns the text of the case's script.
func (c Case) ReadScript() (string, error) {
	text, err := os.ReadFile(c.Script)
	return string(text), err
}
