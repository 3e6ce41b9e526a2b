// SPDX-License-Identifier: GPL-2.0-only

// Package headline reads what a kernel prints when it complains out of its
// sources: the formats of pr_err() and its like, of WARN() and BUG(), and what
// stands before them. Whether anybody hears such a line is for others to say;
// what need not be heard, and why, is in reasons.toml.
package headline

import (
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Tree returns the complaints of all C sources below the top of sources, in the
// order of the files.
func Tree(sources fs.FS) ([]Print, error) {
	var files, headers []string
	err := fs.WalkDir(sources, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || d.IsDir():
		case isTest(name):
		case path.Ext(name) == ".c":
			files = append(files, name)
		case path.Ext(name) == ".h":
			headers = append(headers, name)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []Print
	prefixes := map[string]string{} // of headers, by the files that include them
	for _, name := range append(files, headers...) {
		text, err := fs.ReadFile(sources, name)
		if err != nil {
			return nil, err
		}
		prints, includes := read(name, string(text), prefixes[name])
		all = append(all, prints...)
		for header, prefix := range includes {
			prefixes[header] = cmp.Or(prefixes[header], prefix)
		}
	}
	slices.SortStableFunc(all, func(a, b Print) int { return strings.Compare(a.File, b.File) })
	return headed(all), nil
}

// counter tells in the header of an Oops how many there were; what follows
// differs by the configuration.
const counter = " [#%d]"

// headed puts what stands in the header of an Oops into the header that the
// architecture prints: "%s: %04lx [#%d]...", or "Oops: %s: ...".
func headed(all []Print) []Print {
	headers := map[string]string{} // by arch/x86, arch/arm64
	for _, p := range all {
		if header, _, ok := strings.Cut(p.Format, counter); ok && strings.Contains(header, "%s: ") {
			headers[architecture(p.File)] = header + counter + "\n"
		}
	}
	for i, p := range all {
		if header, ok := headers[architecture(p.File)]; ok && p.oops {
			all[i].Format = strings.Replace(header, "%s", p.Format, 1)
		}
	}
	return all
}

// architecture is the folder arch/NAME of a file.
func architecture(file string) string {
	parts := strings.SplitN(file, "/", 3)
	return path.Join(parts[:min(2, len(parts))]...)
}

// isTest says whether a source tests the kernel, which complains by intent.
func isTest(name string) bool {
	for _, part := range []string{"/tests/", "/test_", "_test.", "-test.", "/test-", "_kunit", "selftest", "torture", "scale", "benchmark", "cpa-test"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
