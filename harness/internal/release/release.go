// SPDX-License-Identifier: GPL-2.0-only

package release

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"kmodlab/internal/fault"
)

// Tag makes an annotated tag of the commit that the checkout root is at, as
// version, such as "1.2.3", and returns its name. What the changelog says of the
// version is the tag's message. Nothing is tagged while anything is not in order.
func Tag(ctx context.Context, root, version string) (string, error) {
	version = strings.TrimPrefix(version, "v")
	if err := valid(version); err != nil {
		return "", &fault.Error{Owner: fault.Usage, What: "there is no such version", Err: err, Hint: "docs/release.md says which number is next"}
	}
	e, err := told(root, version)
	if err != nil {
		return "", err
	}
	if err := clean(ctx, root); err != nil {
		return "", err
	}
	name := "v" + version
	if _, err := git(ctx, root, name+"\n\n"+e.Text+"\n", "tag", "--annotate", "--cleanup=whitespace", "--file=-", name); err != nil {
		return "", err
	}
	return name, nil
}

// told returns what the changelog says of the version, which has to be the newest.
func told(root, version string) (section, error) {
	text, err := os.ReadFile(filepath.Join(root, changelogFile))
	if err != nil {
		return section{}, &fault.Error{Owner: fault.Usage, What: "there is no changelog", Where: changelogFile, Err: err, Hint: "run it in a checkout of the project"}
	}
	entries, err := parse(string(text))
	if err != nil {
		return section{}, err
	}
	if len(entries) > 0 && entries[0].Version == "" {
		if entries[0].Text != "" {
			return section{}, wrong(entries[0].Line, errors.New("there is something that belongs to no version"))
		}
		entries = entries[1:]
	}
	switch {
	case len(entries) == 0 || entries[0].Version != version:
		return section{}, wrong(1, fmt.Errorf("version %s is not the first entry", version))
	case entries[0].Text == "":
		return section{}, wrong(entries[0].Line, fmt.Errorf("nothing is said of version %s", version))
	}
	return entries[0], nil
}

// clean returns an error when the checkout has anything that its commit has not.
func clean(ctx context.Context, root string) error {
	changed, err := git(ctx, root, "", "status", "--porcelain")
	if err != nil || changed == "" {
		return err
	}
	return &fault.Error{Owner: fault.Usage, What: "the checkout is not what its commit is", Where: root, Err: errors.New(strings.ReplaceAll(changed, "\n", ", ")), Hint: "commit it, or put it aside with: git stash --include-untracked"}
}

// git returns what git says to the arguments, with input to read.
func git(ctx context.Context, root, input string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Stdin = root, strings.NewReader(input)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	if err != nil {
		return "", &fault.Error{Owner: fault.Host, What: "cannot run git " + args[0], Where: root, Err: fmt.Errorf("%w: %s", err, strings.TrimSpace(complaint.String()))}
	}
	return strings.TrimSpace(string(out)), nil
}
