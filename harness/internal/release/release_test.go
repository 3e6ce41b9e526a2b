// SPDX-License-Identifier: GPL-2.0-only

package release

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/internal/fault"
)

// repository returns a folder whose one commit has the changelog.
func repository(t *testing.T, changelog string) string {
	t.Helper()
	for name, value := range map[string]string{
		"GIT_CONFIG_GLOBAL": os.DevNull, "GIT_CONFIG_SYSTEM": os.DevNull, // signing is not tested
		"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.org",
	} {
		t.Setenv(name, value)
	}
	root := t.TempDir()
	put(t, root, changelogFile, changelog)
	run(t, root, "init", "--quiet")
	run(t, root, "add", ".")
	run(t, root, "commit", "--quiet", "--message=one")
	return root
}

func put(t *testing.T, root, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func run(t *testing.T, root string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = root
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// The tag is annotated, of the commit, and says what the changelog says.
func TestTag(t *testing.T) {
	for _, version := range []string{"1.1.0", "v1.1.0"} {
		root := repository(t, changelog)
		name, err := Tag(t.Context(), root, version)
		if name != "v1.1.0" || err != nil {
			t.Fatalf("Tag(%s) = %q, %v; want v1.1.0", version, name, err)
		}
		if kind := run(t, root, "cat-file", "-t", "v1.1.0"); kind != "tag" {
			t.Errorf("v1.1.0 is a %s; want an annotated tag", kind)
		}
		if got, want := run(t, root, "rev-parse", "v1.1.0^{commit}"), run(t, root, "rev-parse", "HEAD"); got != want {
			t.Errorf("v1.1.0 is of commit %s; want %s", got, want)
		}
		if got, want := run(t, root, "tag", "--list", "--format=%(contents)"), "v1.1.0\n\n### Added\n\n- A thing."; got != want {
			t.Errorf("v1.1.0 says %q; want %q", got, want)
		}
	}
}

// While anything is not in order nothing is tagged, and it is told what to mend.
func TestTagRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, version, changelog string
		spoil                    func(root string)
		owner                    fault.Owner
		want                     string
	}{
		{"no version", "1.1", changelog, nil, fault.Usage, `"1.1" is no semantic version`},
		{"a word", "next", changelog, nil, fault.Usage, `"next" is no semantic version`},
		{"not in the changelog", "1.2.0", changelog, nil, fault.Usage, "version 1.2.0 is not the first entry"},
		{"an old one", "1.1.0-rc.1", changelog, nil, fault.Usage, "version 1.1.0-rc.1 is not the first entry"},
		{"nothing is said", "1.1.0", "## [1.1.0] - 2026-12-02\n", nil, fault.Usage, "CHANGELOG.md:1): nothing is said of version 1.1.0"},
		{"something is left", "1.1.0", strings.Replace(changelog, "## [1.1.0]", "- More.\n\n## [1.1.0]", 1), nil, fault.Usage, "CHANGELOG.md:5): there is something that belongs to no version"},
		{"an empty changelog", "1.1.0", "", nil, fault.Usage, "is not the first entry"},
		{"a changelog that is not in order", "1.1.0", "## 1.1.0\n", nil, fault.Usage, "a heading is not"},
		{"a new file", "1.1.0", changelog, func(root string) { put(t, root, "new.txt", "") }, fault.Usage, "?? new.txt"},
		{"an edited file", "1.1.0", changelog, func(root string) { put(t, root, changelogFile, changelog+"\n") }, fault.Usage, "M CHANGELOG.md"},
		{"tagged already", "1.1.0", changelog, func(root string) { run(t, root, "tag", "v1.1.0") }, fault.Host, "already exists"},
		{"no changelog", "1.1.0", changelog, func(root string) { run(t, root, "rm", "--quiet", changelogFile) }, fault.Usage, "there is no changelog"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			root := repository(t, tc.changelog)
			if tc.spoil != nil {
				tc.spoil(root)
			}
			before := run(t, root, "for-each-ref")
			_, err := Tag(t.Context(), root, tc.version)
			e, ok := errors.AsType[*fault.Error](err)
			if !ok || e.Owner != tc.owner || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("Tag() = %v; want of %s: %q", err, tc.owner, tc.want)
			}
			if after := run(t, root, "for-each-ref"); after != before {
				t.Errorf("it left\n%s\nwant\n%s", after, before)
			}
		})
	}
}
