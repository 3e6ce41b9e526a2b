// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kmodlab/internal/fault"
)

func at(t *testing.T, dir string) *Cache {
	t.Helper()
	c, err := At(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fill returns a build function that writes content into a file.
func fill(content string) func(context.Context, string) error {
	return func(_ context.Context, tmp string) error {
		return os.WriteFile(filepath.Join(tmp, "file"), []byte(content), 0o644)
	}
}

// content returns what fill wrote into the entry at path.
func content(path string) string {
	text, err := os.ReadFile(filepath.Join(path, "file"))
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// left returns the names in a folder of the cache's own.
func left(t *testing.T, c *Cache, sub string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(c.Root(), sub))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestDirBuildsOnce(t *testing.T) {
	c := at(t, t.TempDir())
	if path, ok := c.Lookup("kind", "key"); ok {
		t.Errorf("Lookup() of an empty cache = %s, true; want false", path)
	}
	for _, build := range []func(context.Context, string) error{fill("first"), fill("second")} {
		path, err := c.Dir(t.Context(), Named("kind", "key"), build)
		if got := content(path); err != nil || got != "first" {
			t.Errorf("Dir() = %q, %v; want the first content", got, err)
		}
	}
	if names := append(left(t, c, "tmp"), left(t, c, "locks")...); len(names) > 0 {
		t.Errorf("left behind: %v; want nothing", names)
	}
}

func TestFailedBuildLeavesNothing(t *testing.T) {
	c := at(t, t.TempDir())
	broken := errors.New("broken")
	_, err := c.Dir(t.Context(), Named("kind", "key"), func(ctx context.Context, tmp string) error {
		return errors.Join(fill("half")(ctx, tmp), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("Dir() = %v; want the error of build", err)
	}
	if _, ok := c.Lookup("kind", "key"); ok || len(left(t, c, "tmp")) > 0 {
		t.Errorf("entry: %v, tmp: %v; want nothing", ok, left(t, c, "tmp"))
	}
	if path, err := c.Dir(t.Context(), Named("kind", "key"), fill("whole")); err != nil || content(path) != "whole" {
		t.Errorf("Dir() after a failure = %q, %v; want a new build", content(path), err)
	}
}

func TestEvict(t *testing.T) {
	c := at(t, t.TempDir())
	if err := c.Evict(t.Context(), "kind", "key"); err != nil {
		t.Errorf("Evict() of what is not there = %v; want nil", err)
	}
	path, err := c.Dir(t.Context(), Named("kind", "key"), fill("x"))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.EvictIf(t.Context(), "kind", "key", func(string) error { return nil }); err != nil || content(path) != "x" {
		t.Errorf("EvictIf() of a good entry = %v, content %q; want it untouched", err, content(path))
	}
	if err := c.Evict(t.Context(), "kind", "key"); err != nil {
		t.Errorf("Evict() = %v; want nil", err)
	}
	if _, ok := c.Lookup("kind", "key"); ok || len(left(t, c, "tmp")) > 0 {
		t.Errorf("after Evict(): entry %v, tmp %v; want nothing", ok, left(t, c, "tmp"))
	}
}

func TestVerified(t *testing.T) {
	for name, tt := range map[string]struct {
		damage bool   // whether the entry is damaged before
		build  string // what a new build writes
		want   string
		bad    int // how often onBad is told
	}{
		"sound":                    {false, "never", "good", 0},
		"damaged, made anew":       {true, "good", "good", 1},
		"damaged, made anew badly": {true, "bad", "error", 1},
	} {
		t.Run(name, func(t *testing.T) {
			c := at(t, t.TempDir())
			path, err := c.Dir(t.Context(), Named("kind", "key"), fill("good"))
			if err == nil && tt.damage {
				err = os.WriteFile(filepath.Join(path, "file"), []byte("damaged"), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			told := 0
			path, err = c.Verified(t.Context(), Named("kind", "key"), fill(tt.build), func(path string) error {
				if got := content(path); got != "good" {
					return fmt.Errorf("content is %q", got)
				}
				return nil
			}, func(error) { told++ })
			got := content(path)
			if err != nil {
				got = "error"
			}
			if got != tt.want || told != tt.bad {
				t.Errorf("Verified() = %q (%v), onBad told %d times; want %q, %d", got, err, told, tt.want, tt.bad)
			}
		})
	}
}

func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("needs /dev/full: %v", err)
	}
	defer full.Close()
	c := at(t, t.TempDir())
	owned := &fault.Error{Owner: fault.Host, What: "dpkg-deb: No space left on device", Hint: "buy a disk"}
	for name, tt := range map[string]struct {
		build error
		owner fault.Owner
		fixes int
	}{
		"a system call":      {func() error { _, err := full.Write([]byte("x")); return fmt.Errorf("write: %w", err) }(), fault.Host, 1},
		"a program's words":  {errors.New("tar: x: Cannot write: No space left on device"), fault.Host, 1},
		"a quota":            {errors.New("write: disk quota exceeded"), fault.Host, 1},
		"blamed already":     {owned, fault.Host, 1},
		"something else":     {fs.ErrPermission, fault.Harness, 0},
		"an owner elsewhere": {&fault.Error{Owner: fault.Build, What: "x"}, fault.Build, 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.Dir(t.Context(), Named("kind", "key"), func(context.Context, string) error { return tt.build })
			if !errors.Is(err, tt.build) || fault.Of(err) != tt.owner || strings.Count(err.Error(), "hint: ") != tt.fixes {
				t.Errorf("Dir() = %v; want a fault of %q with the cause kept and %d hints", err, tt.owner, tt.fixes)
			}
		})
	}
}

func TestKey(t *testing.T) {
	seen := map[string][]string{}
	for _, parts := range [][]string{{}, {""}, {"", ""}, {"ab", "c"}, {"a", "bc"}, {"abc"}, {"2:ab1:c"}} {
		key := Key(parts...)
		if before, ok := seen[key]; ok || len(key) != 64 {
			t.Errorf("Key(%q) = %s, as for %q; want another one of 64 digits", parts, key, before)
		}
		seen[key] = parts
	}
}

func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "here")
	t.Setenv(Env, dir)
	if c, err := Open(); err != nil || c.Root() != dir {
		t.Errorf("Open() = %v, %v; want %s", c, err, dir)
	}
	t.Setenv(Env, "/proc/nowhere")
	if c, err := Open(); fault.Of(err) != fault.Host {
		t.Errorf("Open() = %v, %v; want a fault of the host", c, err)
	}
	t.Setenv(Env, "")
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("HOME", "")
	if c, err := Open(); fault.Of(err) != fault.Host {
		t.Errorf("Open() = %v, %v; want a fault of the host", c, err)
	}
}
