// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestInputsDiffer has lists that are easily taken for each other.
func TestInputsDiffer(t *testing.T) {
	seen := map[string]string{}
	for name, in := range map[string]*Inputs{
		"none":                     NewInputs("k"),
		"of another kind":          NewInputs("l"),
		"one":                      NewInputs("k").Add("a", "b"),
		"with another value":       NewInputs("k").Add("a", "c"),
		"with another name":        NewInputs("k").Add("b", "b"),
		"empty":                    NewInputs("k").Add("a", ""),
		"cut elsewhere":            NewInputs("k").Add("ab", ""),
		"two":                      NewInputs("k").Add("a", "b").Add("c", "d"),
		"in another order":         NewInputs("k").Add("c", "d").Add("a", "b"),
		"one that looks like two":  NewInputs("k").Add("a", "b1:c1:d"),
		"a list":                   NewInputs("k").List("a", []string{"b", "c"}),
		"a list in another order":  NewInputs("k").List("a", []string{"c", "b"}),
		"a list that is cut less":  NewInputs("k").List("a", []string{"b c"}),
		"a list with quotes":       NewInputs("k").List("a", []string{`b" "c`}),
		"an empty list":            NewInputs("k").List("a", nil),
		"a list of something tiny": NewInputs("k").List("a", []string{""}),
		"a sum":                    NewInputs("k").Sum("a", []byte("b")),
		"a sum of nothing":         NewInputs("k").Sum("a", nil),
	} {
		key := in.Key()
		if before, ok := seen[key]; ok || len(key) != 64 {
			t.Errorf("the key of inputs %q is %s, as of %q; want another one of 64 digits", name, key, before)
		}
		seen[key] = name
	}
	if got := Named("k", "abc").Key(); got != "abc" {
		t.Errorf("the key of a named entry = %q; want its name", got)
	}
}

func TestInputsOfOneName(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("two inputs of one name are taken; want a panic")
		}
	}()
	NewInputs("k").Add("a", "b").Add("a", "c")
}

// TestInputsAreKept reads in an entry what it was made from.
func TestInputsAreKept(t *testing.T) {
	c := at(t, t.TempDir())
	in := NewInputs("kind").Add("recipe", "1").List("args", []string{"x", "y z"})
	dir, err := c.Dir(t.Context(), in, fill("x"))
	if err != nil || filepath.Base(dir) != in.Key() {
		t.Fatalf("Dir() = %s, %v; want a folder of the key", dir, err)
	}
	text, err := os.ReadFile(filepath.Join(dir, inputsFile))
	if err != nil {
		t.Fatal(err)
	}
	var list []input
	if err := json.Unmarshal(text, &list); err != nil || len(list) != 2 || list[1] != (input{"args", `["x" "y z"]`}) {
		t.Errorf("%s has %v, %v; want both inputs", inputsFile, list, err)
	}
	if told := in.String(); !strings.Contains(told, `args: ["x" "y z"]`) || !strings.HasPrefix(told, "kind "+in.Key()[:12]) {
		t.Errorf("String() = %q; want the kind, the key and the inputs", told)
	}
}
