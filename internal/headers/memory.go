// SPDX-License-Identifier: GPL-2.0-only

package headers

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"kmodlab/internal/cache"
)

// granularity is how far apart two changes of a file must be for its times to
// tell them apart, on the worst of file systems.
const granularity = 2 * time.Second

// memory is what was known of files: by path, the stamp and the sum.
type memory map[string]struct{ stamp, sum string }

// stamp is what the file system says of a file. The time of the last change of
// the inode is in it, which nobody can set (unlike that of the contents, which
// cp -p and tar do).
func stamp(st *unix.Stat_t) string {
	b := make([]byte, 0, 64)
	for _, n := range []int64{st.Ctim.Nano(), st.Mtim.Nano(), st.Size, int64(st.Ino), int64(st.Dev)} {
		b = append(strconv.AppendInt(b, n, 36), '.')
	}
	return string(b)
}

// changed returns the time in a stamp at which the file was changed last.
func changed(stamp string) time.Time {
	text, _, _ := strings.Cut(stamp, ".")
	n, err := strconv.ParseInt(text, 36, 64)
	if err != nil {
		return time.Now() // not to be relied on
	}
	return time.Unix(0, n)
}

// sum returns what is known of a file, if it is as it was.
func (m memory) sum(f file) (string, bool) {
	was, ok := m[f.path]
	return was.sum, ok && was.stamp == f.stamp
}

const sumsFile = "sums"

// load reads what is known of the tree in dir. A memory that cannot be read is
// an empty one.
func load(c *cache.Cache, dir string) memory {
	m := memory{}
	in := inputs(dir)
	entry, ok := c.Lookup(in.Kind(), in.Key())
	if !ok {
		return m
	}
	f, err := os.Open(filepath.Join(entry, sumsFile))
	if err != nil {
		return m
	}
	defer f.Close()
	for sc := bufio.NewScanner(f); sc.Scan(); {
		sum, rest, _ := strings.Cut(sc.Text(), " ")
		stamp, path, ok := strings.Cut(rest, " ")
		if ok && len(sum) == 2*sha256.Size {
			m[path] = struct{ stamp, sum string }{stamp, sum}
		}
	}
	return m
}

// keep writes down what is known by now, unless it was known before. begin is
// the time at which the files were looked at. A file that was changed just
// before that is left out: it may be changed again within the same tick of the
// file system's clock, and look as it did.
func (m memory) keep(ctx context.Context, c *cache.Cache, dir string, files []file, sums []string, begin time.Time) {
	in := inputs(dir)
	c.Used(in.Kind(), in.Key())
	var old []int // those that were not changed just now
	news := false
	for i, f := range files {
		if sums[i] == "" || strings.Contains(f.path, "\n") || !changed(f.stamp).Before(begin.Add(-granularity)) {
			continue
		}
		old = append(old, i)
		_, known := m.sum(f)
		news = news || !known
	}
	if !news {
		return
	}
	var text strings.Builder
	for _, i := range old {
		text.WriteString(sums[i] + " " + files[i].stamp + " " + files[i].path + "\n")
	}
	// A memory that cannot be kept only costs time.
	entry, _ := c.Lookup(in.Kind(), in.Key())
	if err := os.MkdirAll(entry, 0o755); err != nil {
		return
	}
	tmp, err := os.CreateTemp(entry, "new-")
	if err != nil {
		return
	}
	_, err = tmp.WriteString(text.String())
	if err = errors.Join(err, tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(entry, sumsFile))
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	c.Prune(ctx, kind)
}

// sum returns the SHA-256 of a file; "" for one that is not there any more, or
// that make cannot read either.
func sum(path string) (string, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
