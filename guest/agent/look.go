// SPDX-License-Identifier: GPL-2.0-only

//go:build linux

package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/internal/wire"
)

// look returns what the files hold that the patterns match, and which names the
// folders do. What is gone by the time that it is looked at is left out: tasks
// come and go.
func look(patterns []string) *wire.Answer {
	ans := &wire.Answer{}
	for _, pattern := range patterns {
		pattern, folders := strings.CutSuffix(pattern, "/")
		matches, err := filepath.Glob(pattern)
		if err != nil {
			return &wire.Answer{Problem: "what should be looked at: " + pattern + ": " + err.Error()}
		}
		for _, path := range matches {
			text, err := holds(path, folders)
			if err != nil {
				continue
			}
			if ans.Blob, err = wire.Append(ans.Blob, &wire.Order{Verb: wire.DoWrite, Path: path, Blob: text}); err != nil {
				return &wire.Answer{Problem: path + ": " + err.Error()}
			}
		}
	}
	return ans
}

// holds returns the names in a folder, each ended by a zero byte, or what is in a
// file. It opens nothing else: to open a device is to do something with it.
func holds(path string, folder bool) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !folder && !info.Mode().IsRegular() || folder && !info.IsDir() {
		return nil, os.ErrInvalid
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if !folder {
		return io.ReadAll(io.LimitReader(f, maxLook))
	}
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var text []byte
	for _, name := range names {
		text = append(append(text, name...), 0)
	}
	return text, nil
}

// maxLook is how much of a file is looked at.
const maxLook = 1 << 20
