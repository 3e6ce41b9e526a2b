// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// inputsFile is where an entry tells what it was made from, for a person who
// wonders why there are two of them.
const inputsFile = "inputs.json"

// Inputs are what an entry of the cache is made from: all that can change the
// outcome, each by its name, in an order that is always the same.
//
// Whoever makes a kind of entry lists its inputs in one function, in a file
// called inputs.go. What is not in the list must not matter.
type Inputs struct {
	kind string
	name string // the key of an entry that has been named already; else the list gives it
	list []input
}

type input struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// NewInputs returns the inputs of an entry of kind, none so far.
func NewInputs(kind string) *Inputs { return &Inputs{kind: kind} }

// Named returns the inputs of an entry that bears its key already: the hash of
// its content.
func Named(kind, key string) *Inputs { return &Inputs{kind: kind, name: key} }

// Add adds an input and returns in. Two inputs of one name are a mistake of the
// caller's.
func (in *Inputs) Add(name, value string) *Inputs {
	if slices.ContainsFunc(in.list, func(i input) bool { return i.Name == name }) {
		panic(fmt.Sprintf("cache: two inputs of a %s are called %q", in.kind, name))
	}
	in.list = append(in.list, input{name, value})
	return in
}

// List adds an input that is a list, the order of which counts.
func (in *Inputs) List(name string, values []string) *Inputs {
	return in.Add(name, fmt.Sprintf("%q", values))
}

// Sum adds an input that is too long to be told: by its SHA-256.
func (in *Inputs) Sum(name string, content []byte) *Inputs {
	sum := sha256.Sum256(content)
	return in.Add(name, "sha256:"+hex.EncodeToString(sum[:]))
}

// FileID tells one version of a file of this machine from another without
// reading it: by its size and its time. It is empty for a file that is not there.
func FileID(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("%d bytes of %d", info.Size(), info.ModTime().UnixNano())
}

// Join adds all inputs of other, which are part of what several kinds are made
// from.
func (in *Inputs) Join(other *Inputs) *Inputs {
	for _, i := range other.list {
		in.Add(i.Name, i.Value)
	}
	return in
}

// Kind returns the kind of the entry.
func (in *Inputs) Kind() string { return in.kind }

// Key returns the key of the entry: no two lists of inputs have the same.
func (in *Inputs) Key() string {
	if in.name != "" {
		return in.name
	}
	parts := []string{in.kind}
	for _, i := range in.list {
		parts = append(parts, i.Name, i.Value)
	}
	return Key(parts...)
}

// String lists the inputs, one a line.
func (in *Inputs) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %.12s\n", in.kind, in.Key())
	for _, i := range in.list {
		fmt.Fprintf(&b, "  %s: %s\n", i.Name, i.Value)
	}
	return b.String()
}

// MarshalJSON returns the list.
func (in *Inputs) MarshalJSON() ([]byte, error) { return json.Marshal(in.list) }

// save writes the list into the entry that is being made in dir.
func (in *Inputs) save(dir string) error {
	if len(in.list) == 0 {
		return nil
	}
	text, err := json.MarshalIndent(in, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, inputsFile), append(text, '\n'), 0o644)
}
