// SPDX-License-Identifier: GPL-2.0-only

package foreign

import (
	"os"
	"path/filepath"
	"regexp"

	"kmodlab/harness/internal/kbuild"
)

// oldFlags are the names under which Kbuild took flags of a folder before there
// was ccflags-y, and does no more since kernel commit e966ad0edd00 ("kbuild:
// remove EXTRA_*FLAGS support", 6.15).
var oldFlags = regexp.MustCompile(`(?m)^[ \t]*(?:export[ \t]+|override[ \t]+)*EXTRA_(CFLAGS|AFLAGS|LDFLAGS)[ \t]*[:+?]*=`)

// newFlags are what they are called now.
var newFlags = map[string]string{"CFLAGS": "ccflags-y", "AFLAGS": "asflags-y", "LDFLAGS": "ldflags-y"}

// ignored says which flags that the folder sets this kernel's Kbuild does not
// look at.
func (b *build) ignored() []kbuild.Message {
	if scripts, err := os.ReadFile(filepath.Join(b.kernel.Headers, "scripts/Makefile.lib")); err != nil || regexp.MustCompile(`\bEXTRA_CFLAGS\b`).Match(scripts) {
		return nil
	}
	var found []kbuild.Message
	for _, name := range recipes {
		path := filepath.Join(b.folder.Dir, name)
		text, err := os.ReadFile(path)
		if m := oldFlags.FindSubmatch(text); err == nil && m != nil {
			old := string(m[1])
			found = append(found, kbuild.Message{File: path, Text: "EXTRA_" + old + " is ignored since 6.15, and so by " + b.kernel.Release + ": use " + newFlags[old]})
		}
	}
	return found
}
