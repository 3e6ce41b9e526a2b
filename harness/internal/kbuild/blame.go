// SPDX-License-Identifier: GPL-2.0-only

package kbuild

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// blame says which of folders are at fault, each with its part of the error.
// Nobody is blamed when a message points at none of them.
func (e *Error) blame(folders []string) map[string]*Error {
	blamed := map[string]*Error{}
	for _, m := range e.Messages {
		rel, err := filepath.Rel(e.Source, m.File)
		if err != nil {
			continue
		}
		if folder, _, inside := strings.Cut(rel, "/"); inside && slices.Contains(folders, folder) {
			part(blamed, folder, e).Messages = append(blamed[folder].Messages, m)
		}
	}
	for _, folder := range folders {
		// Make's own complaint, for a failure without a message of the
		// compiler: "*** No rule to make target '.../NAME/NAME.o'".
		complaint := regexp.MustCompile(`(?m)^make.*\*\*\* (?:No rule to make target .*|\[.*)[/' ]` + regexp.QuoteMeta(folder) + `(?:/|\]).*$`)
		if line := complaint.FindString(e.Output); line != "" && blamed[folder] == nil {
			part(blamed, folder, e).Messages = []Message{{File: filepath.Join(e.Source, folder), Text: strings.TrimSpace(line)}}
		}
	}
	return blamed
}

func part(blamed map[string]*Error, folder string, whole *Error) *Error {
	if blamed[folder] == nil {
		blamed[folder] = &Error{Source: whole.Source, Output: whole.Output, Err: whole.Err}
	}
	return blamed[folder]
}
