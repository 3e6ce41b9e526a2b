// SPDX-License-Identifier: GPL-2.0-only

// Package cache keeps what was expensive to make: downloads, prepared headers,
// built modules, initramfs images, frozen VMs.
//
// An entry is a folder named by its kind and by the key of everything that
// went into it, its [Inputs]. It appears whole or not at all (built aside, then renamed), is
// never changed afterwards, and is made once even when two runs want it at the
// same time. A run that was killed leaves at most a folder under tmp, which
// the next run that opens the cache removes.
package cache

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/internal/fault"
)

// Env names the environment variable that moves the cache elsewhere.
const Env = "KMODLAB_CACHE"

// Cache is a folder of entries.
type Cache struct{ root string }

// Open opens the user's cache: the folder that KMODLAB_CACHE names, or
// "kmodlab" in the user's cache directory. The error is a [fault.Error].
func Open() (*Cache, error) {
	dir := os.Getenv(Env)
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return nil, &fault.Error{Owner: fault.Host, What: "no cache directory", Err: err, Hint: "set " + Env + " to a folder of yours"}
		}
		dir = filepath.Join(user, "kmodlab")
	}
	return At(dir)
}

// At opens the cache in the folder dir, makes it if need be, and removes what
// killed runs left in it.
func At(dir string) (*Cache, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c := &Cache{root: dir}
	for _, sub := range []string{"tmp", "locks"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return nil, &fault.Error{Owner: fault.Host, What: "cannot use the cache", Where: dir, Err: err, Hint: "set " + Env + " to a folder that you can write to"}
		}
	}
	return c, c.sweep()
}

// Root returns the cache's folder.
func (c *Cache) Root() string { return c.root }

// Key returns the hex SHA-256 of parts, each taken with its length, so that
// ("ab", "c") and ("a", "bc") differ.
func Key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Lookup returns the path of the entry (kind, key) and whether it is there.
func (c *Cache) Lookup(kind, key string) (string, bool) {
	path := filepath.Join(c.root, kind, key)
	_, err := os.Stat(path)
	return path, err == nil
}

// Dir returns the folder of the entry that is made from in. When it is not there,
// build fills the new folder tmp with it, while every other run that wants the same
// entry waits. An error of build leaves no entry; it is returned as it is,
// except that a full disk becomes a [fault.Error] of the host.
func (c *Cache) Dir(ctx context.Context, in *Inputs, build func(ctx context.Context, tmp string) error) (string, error) {
	kind, key := in.Kind(), in.Key()
	path, ok := c.Lookup(kind, key)
	if ok {
		c.Used(kind, key)
		return path, nil
	}
	unlock, err := c.Lock(ctx, kind+"-"+key)
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, ok := c.Lookup(kind, key); ok {
		return path, nil // another run made it while we waited
	}
	tmp := filepath.Join(c.root, "tmp", kind+"-"+key)
	defer os.RemoveAll(tmp)
	if err := c.fill(ctx, in, tmp, path, build); err != nil {
		return "", diskFull(err, c.root)
	}
	return path, nil
}

func (c *Cache) fill(ctx context.Context, in *Inputs, tmp, path string, build func(ctx context.Context, tmp string) error) error {
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(tmp, 0o755); err != nil {
		return err
	}
	if err := build(ctx, tmp); err != nil {
		return err
	}
	if err := in.save(tmp); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// Verified is Dir for an entry that is checked at every use. An entry that
// check refuses is removed, onBad is told why, and the entry is made anew; an
// error of check about a new entry is returned as it is.
func (c *Cache) Verified(ctx context.Context, in *Inputs, build func(ctx context.Context, tmp string) error,
	check func(path string) error, onBad func(error)) (string, error) {
	path, err := c.Dir(ctx, in, build)
	if err != nil {
		return "", err
	}
	bad := check(path)
	if bad == nil {
		return path, nil
	}
	if err := c.EvictIf(ctx, in.Kind(), in.Key(), check); err != nil {
		return "", err
	}
	onBad(bad)
	if _, err := c.Dir(ctx, in, build); err != nil {
		return "", err
	}
	return path, check(path)
}

// Evict removes the entry (kind, key). Evicting what is not there is no error.
func (c *Cache) Evict(ctx context.Context, kind, key string) error {
	return c.EvictIf(ctx, kind, key, func(string) error { return errUnwanted })
}

var errUnwanted = errors.New("not wanted any more")

// EvictIf removes the entry (kind, key) if check still refuses it once nobody
// else can be working on it: of two runs that find the same bad entry, the
// second one must not remove what the first one has made anew.
func (c *Cache) EvictIf(ctx context.Context, kind, key string, check func(path string) error) error {
	unlock, err := c.Lock(ctx, kind+"-"+key)
	if err != nil {
		return err
	}
	defer unlock()
	path, ok := c.Lookup(kind, key)
	if !ok || check(path) == nil {
		return nil
	}
	tmp := filepath.Join(c.root, "tmp", kind+"-"+key)
	if err := os.RemoveAll(tmp); err != nil {
		return err
	}
	if err := os.Rename(path, tmp); err != nil { // at once, so that nobody sees half an entry
		return err
	}
	return os.RemoveAll(tmp)
}

// sweep removes the folders that builds left behind whose run is gone: those
// whose lock is free.
func (c *Cache) sweep() error {
	left, err := os.ReadDir(filepath.Join(c.root, "tmp"))
	if err != nil {
		return err
	}
	for _, entry := range left {
		unlock, ok, err := c.tryLock(entry.Name())
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		err = os.RemoveAll(filepath.Join(c.root, "tmp", entry.Name()))
		unlock()
		if err != nil {
			return fmt.Errorf("remove what a killed run left: %w", err)
		}
	}
	return nil
}

// diskFull makes a [fault.Error] of an error that tells of a full disk, be it
// one of a system call or what a program printed. Other errors stay, and so
// do those that have been blamed on the host already.
func diskFull(err error, where string) error {
	if fault.Of(err) == fault.Host {
		return err
	}
	text := strings.ToLower(err.Error())
	if !strings.Contains(text, "no space left on device") && !strings.Contains(text, "disk quota exceeded") {
		return err
	}
	return &fault.Error{Owner: fault.Host, What: "the disk is full", Where: where, Err: err,
		Hint: "free some space there, or set " + Env + " to a folder on another disk; what is in the cache stays valid"}
}
