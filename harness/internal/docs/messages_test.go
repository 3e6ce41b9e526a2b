// SPDX-License-Identifier: GPL-2.0-only

package docs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named is a target that a message of the program sends a reader to.
var named = regexp.MustCompile(`(?:go tool mage |fault\.Command\((?:fmt\.Sprintf\()?")([a-z]+(?::[a-z]+)?)`)

// TestMessagesNameTargets checks that the hint that a message names is one.
func TestMessagesNameTargets(t *testing.T) {
	known := targets(t)
	seen := 0
	for _, dir := range layers {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			text, err := os.ReadFile(path)
			for _, m := range named.FindAllStringSubmatch(string(text), -1) {
				seen++
				if _, ok := known[m[1]]; !ok {
					t.Errorf("%s names the target %q; there is none", path, m[1])
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen == 0 {
		t.Error("no message names a target: is this looking in the right place?")
	}
}
