// SPDX-License-Identifier: GPL-2.0-only

package cache

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
)

var lastTemp atomic.Int64 // tells the temporary folders of one process apart

// Temp makes an empty folder that is removed by the returned function, or, if
// this process is killed first, by the next run that opens the cache.
func (c *Cache) Temp(ctx context.Context, name string) (dir string, remove func(), err error) {
	name = fmt.Sprintf("%s-%d-%d", name, os.Getpid(), lastTemp.Add(1))
	unlock, err := c.Lock(ctx, name)
	if err != nil {
		return "", nil, err
	}
	dir = filepath.Join(c.root, "tmp", name)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		unlock()
		return "", nil, diskFull(err, c.root)
	}
	return dir, func() {
		os.RemoveAll(dir)
		unlock()
	}, nil
}
