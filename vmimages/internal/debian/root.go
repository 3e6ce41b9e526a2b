// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"kmodlab/internal/fault"
	"kmodlab/internal/step"
)

// fresh is how long an index counts as new, so that one run that wants many
// kernels asks for it once.
const fresh = 10 * time.Minute

// root is an apt root of our own that knows one suite. Whoever uses it holds
// the cache's lock of its name.
type root struct {
	dir, suite, site string
	arches           []string // the host's own first
	keys             string   // in ASCII armour: an index counts that one of them has signed
}

// keysFile is where a root has its keys. By the end of its name apt tells that they
// are in ASCII armour.
const keysFile = "etc/apt/keys.asc"

func (r root) config() string { return filepath.Join(r.dir, "apt.conf") }

// setUp writes the configuration. It is written every time, since the
// machine's mirror or proxy may have changed.
func (r root) setUp(ctx context.Context) error {
	dump, err := aptOutput(ctx, "apt-config", "dump", "Acquire")
	if err != nil {
		return err
	}
	for _, sub := range []string{"etc/apt/sources.list.d", "etc/apt/preferences.d", "etc/apt/apt.conf.d", "etc/apt/trusted.gpg.d", "var/lib/apt/lists/partial", "var/cache/apt/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(r.dir, sub), 0o755); err != nil {
			return err
		}
	}
	source := fmt.Sprintf("Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n", r.site, r.suite, filepath.Join(r.dir, keysFile))
	for name, text := range map[string]string{
		"status": "", "apt.conf": r.aptConf(dump), "etc/apt/sources.list.d/kernels.sources": source, keysFile: r.keys,
	} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// aptConf is the whole configuration: of the machine's own, in dump, only the
// ways to the network are taken over.
func (r root) aptConf(dump string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Dir %q;\nDir::State::status %q;\n", r.dir, filepath.Join(r.dir, "status"))
	fmt.Fprintf(&b, "APT::Architecture %q;\nAPT::Architectures { \"%s\"; };\n", r.arches[0], strings.Join(r.arches, `"; "`))
	b.WriteString("Acquire::Languages \"none\";\n")
	b.WriteString("Acquire::PDiffs \"false\";\n")                                // an index is asked for rarely: whole is quicker
	b.WriteString("Dir::Cache::pkgcache \"\";\nDir::Cache::srcpkgcache \"\";\n") // and not worth twice its size on disk
	b.WriteString("APT::Sandbox::User \"root\";\n")                              // apt's own user cannot write to the cache of root
	b.WriteString("APT::Update::Error-Mode \"any\";\n")
	b.WriteString("Dir::Etc::netrc \"/etc/apt/auth.conf\";\nDir::Etc::netrcparts \"/etc/apt/auth.conf.d\";\n")
	for line := range strings.Lines(dump) {
		for _, way := range []string{"Acquire::http::", "Acquire::https::", "Acquire::ForceIPv"} {
			if strings.HasPrefix(line, way) {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// isFresh says whether the index was renewed a moment ago, and is that of the
// same site.
func (r root) isFresh() bool {
	info, err := os.Stat(r.stamp())
	if err != nil {
		return false
	}
	if age := time.Since(info.ModTime()); age < 0 || age >= fresh { // of the future: the clock was set back
		return false
	}
	of, err := os.ReadFile(r.stamp())
	return err == nil && string(of) == r.indexInputs().Key()
}

// stamp is the file that tells when the index was renewed, and which one.
func (r root) stamp() string { return filepath.Join(r.dir, "updated") }

// update renews the index of the suite. An index whose time has run out is
// taken all the same, with a note: it still tells where packages are whose
// hashes are known. Nothing is chosen from it: see [root.current]. The error is
// a [fault.Error].
func (r root) update(ctx context.Context) error {
	s := step.Start(ctx, "update the index of %s", r.suite)
	argv := []string{"apt-get", "update"}
	err := runApt(ctx, aptRun{argv: argv, config: r.config()})
	if classify(err) == expired {
		step.Note(ctx, "the index of %s is past its date (Valid-Until); only packages whose SHA-256 is known already are looked for in it", r.suite)
		argv = append(argv, "-o", "Acquire::Check-Valid-Until=false")
		err = runApt(ctx, aptRun{argv: argv, config: r.config()})
	}
	if classify(err) == midSync {
		step.Note(ctx, "the mirror of %s seems to be renewed just now; trying once more", r.suite)
		err = runApt(ctx, aptRun{argv: argv, config: r.config()})
	}
	if err == nil {
		err = os.WriteFile(r.stamp(), []byte(r.indexInputs().Key()), 0o644)
	}
	return s.End(blame(err, r.suite, r.site))
}

// current makes sure that the index may be chosen from. One that is past its
// date is signed, but may be an old one that somebody goes on showing: what the
// archive has now, nobody knows. A suite that the archive has closed has no date
// to be past. The error is a [fault.Error]; of an [expiredError], if that is what
// is wrong.
func (r root) current(now time.Time) error {
	files, err := filepath.Glob(filepath.Join(r.dir, "var/lib/apt/lists/*Release")) // InRelease, or Release with Release.gpg
	if err != nil {
		return err
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		date := validUntil.FindSubmatch(text)
		if date == nil {
			continue
		}
		until, err := mail.ParseDate(string(date[1]))
		if err != nil {
			return &fault.Error{Owner: fault.Archive, What: "the index makes no sense", Where: file, Err: err}
		}
		if now.After(until) {
			return &fault.Error{Owner: fault.Archive, What: "nothing can be chosen that kernels.lock does not pin: the index is past its date", Where: r.suite + " at " + r.site,
				Err: &expiredError{until}, Hint: "take a pinned kernel (" + fault.Command("kernels") + "), or set " + EnvMirror + " to another mirror; is this machine's clock right?"}
		}
	}
	return nil
}

// validUntil is a field of an index, with a date as in RFC 1123.
var validUntil = regexp.MustCompile(`(?m)^Valid-Until: *(.+?)\s*$`)

// expiredError says that an index is past its date.
type expiredError struct{ until time.Time }

// Error tells the date.
func (e *expiredError) Error() string { return "Valid-Until was " + e.until.UTC().Format(time.RFC1123) }

// index reads the packages of the suite whose names keep accepts.
func (r root) index(keep func(name string) bool) ([]entry, error) {
	files, err := filepath.Glob(filepath.Join(r.dir, "var/lib/apt/lists/*_Packages"))
	if err != nil || len(files) == 0 {
		return nil, errors.Join(err, &fs.PathError{Op: "read the index", Path: r.dir, Err: fs.ErrNotExist})
	}
	var all []entry
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		entries, err := parseIndex(f, keep)
		f.Close()
		if err != nil {
			return nil, &fault.Error{Owner: fault.Archive, What: "the index makes no sense", Where: name, Err: err}
		}
		all = append(all, entries...)
	}
	return all, nil
}
