// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// poll is how often a waiting run asks for a lock again.
const poll = 50 * time.Millisecond

// Lock takes the lock called name, waiting for other runs until ctx is done.
// The kernel drops a lock when its holder dies, whatever killed it; the file
// that carries the lock is removed on release.
func (c *Cache) Lock(ctx context.Context, name string) (unlock func(), err error) {
	for {
		unlock, ok, err := c.tryLock(name)
		if err != nil || ok {
			return unlock, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for another run that holds %q: %w", name, context.Cause(ctx))
		case <-time.After(poll):
		}
	}
}

// tryLock takes the lock called name if it is free. Since release removes the
// file, a lock counts only while the path still names the file it was taken
// on.
func (c *Cache) tryLock(name string) (unlock func(), ok bool, err error) {
	path := filepath.Join(c.root, "locks", name)
	lock := flock.New(path)
	if ok, err := lock.TryLock(); err != nil || !ok {
		return nil, false, err
	}
	held, err1 := lock.Stat()
	named, err2 := os.Stat(path)
	if err1 != nil || err2 != nil || !os.SameFile(held, named) {
		return nil, false, lock.Close()
	}
	return sync.OnceFunc(func() { // a second time it would remove the file of another run's lock
		os.Remove(path)
		lock.Close()
	}), true, nil
}
