// SPDX-License-Identifier: GPL-2.0-only

package commit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Around returns the commit of the repository that the folder dir is in, with
// "-dirty" behind it when anything in it is not as it was committed: a file that is
// changed or new and not ignored, a submodule that is. What lies in the folder
// results is not looked at. Where there is no git, no repository or no commit it is
// "". The error is what git says where it does not tell, as of a repository of
// another user's.
func Around(ctx context.Context, dir, results string) (string, error) {
	head, err := ask(ctx, dir, "rev-parse", "--verify", "--quiet", "HEAD")
	if err != nil || head == "" {
		return "", err
	}
	top, err := ask(ctx, dir, "rev-parse", "--show-toplevel")
	if err != nil {
		return "", err
	}
	look := []string{"status", "--porcelain", "--untracked-files=normal", "--ignore-submodules=none", "--", "."}
	if there, err := filepath.EvalSymlinks(results); err == nil {
		if rel, err := filepath.Rel(top, there); err == nil && filepath.IsLocal(rel) {
			look = append(look, ":(exclude,literal)"+rel)
		}
	}
	changed, err := ask(ctx, top, look...)
	if err != nil {
		return "", err
	}
	name := head[:digits]
	if changed != "" {
		name += "-dirty"
	}
	return name, nil
}

// ask returns what git says of the repository around dir, and leaves no trace
// there; "" where there is nothing to ask or to say. What git refuses of somebody
// else's repository it has reasons to refuse: its configuration names programs.
func ask(ctx context.Context, dir string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.fsmonitor=false", "--no-optional-locks"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(slices.DeleteFunc(os.Environ(), ofAnother), "LC_ALL=C")
	var said bytes.Buffer
	cmd.Stderr = &said
	output, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound), err != nil && bytes.Contains(said.Bytes(), []byte("not a git repository")):
		return "", nil
	case err != nil && said.Len() == 0 && ctx.Err() == nil: // --quiet: no commit yet
		return "", nil
	case err != nil:
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.Join(strings.Fields(said.String()), " "))
	}
	return strings.TrimSpace(string(output)), nil
}

// ofAnother tells whether a variable has git look at another repository than that of
// the folder: a hook of git's, which may be who asks, gets such.
func ofAnother(variable string) bool {
	name, _, _ := strings.Cut(variable, "=")
	return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_COMMON_DIR", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX"}, name)
}
