// SPDX-License-Identifier: GPL-2.0-only

package harness

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kmodlab/harness/internal/lesson"
)

func TestNeeds(t *testing.T) {
	l := lesson.Lesson{Name: "notify", Cases: []lesson.Case{{Modules: []string{"regchain", "notify"}}, {Modules: []string{"buildchain", "notify"}}}}
	if d := cmp.Diff([]string{"buildchain", "notify", "regchain"}, needs(l)); d != "" {
		t.Errorf("needs() (-want +got):\n%s", d)
	}
}

func TestWatched(t *testing.T) {
	for name, want := range map[string]bool{"a.c": true, "a.h": true, "Kbuild": true, "a.txtar": true, "splats.toml": true,
		"README.md": false, ".a.c.swp": false, "a.c~": false, "4913": false, "#a.c#": false} {
		if got := watched(name); got != want {
			t.Errorf("watched(%q) = %v; want %v", name, got, want)
		}
	}
}

// screen is what a watch shows; a test looks at it meanwhile.
type screen struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *screen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(b)
}

// shown returns what the screen has shown, and forgets it, once that has text
// in it.
func (s *screen) shown(text string) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	shown := s.text.String()
	if !strings.Contains(shown, text) {
		return shown, false
	}
	s.text.Reset()
	return shown, true
}

// await waits until the screen has shown text, and returns what it showed
// until then. Who writes to the screen must not end before.
func (s *screen) await(t *testing.T, text string, done <-chan error) string {
	t.Helper()
	for {
		shown, ok := s.shown(text)
		if ok {
			return shown
		}
		select {
		case err := <-done:
			t.Fatalf("it ended with %v and never showed %q\n%s", err, text, shown)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// TestWatch edits a lesson of its own while it is watched.
func TestWatch(t *testing.T) {
	if testing.Short() {
		t.Skip("boots a VM; not with -short")
	}
	series := cachedSeries(t)[0]
	root := copyOfProject(t)
	t.Chdir(root)
	if _, err := lesson.New(filepath.Join(root, "kmod"), "watched", "make"); err != nil {
		t.Fatal(err)
	}
	source := filepath.Join(root, "kmod", "watched", "watched.c")
	edit := func(from, to string) {
		t.Helper()
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(source+".new", bytes.Replace(text, []byte(from), []byte(to), 1), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(source+".new", source); err != nil { // as many editors do
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, done := &screen{}, make(chan error, 1)
	go func() { done <- Checkout(".").Watch(ctx, out, Flags{Kernel: series, Lesson: "watched"}) }()
	const next = "waiting for the next one"
	for _, tt := range []struct{ from, to, want string }{
		{"", "", "1 passed"},
		{"hello", "hullo", "+watched: hullo"},
		{"return 0", "retrun 0", "error: 'retrun' undeclared"},
		{"retrun 0", "return 0", "+watched: hullo"},
		{"hullo", "hello", ", was fail"},
	} {
		if tt.from != "" {
			edit(tt.from, tt.to)
		}
		if shown := out.await(t, next, done); !strings.Contains(shown, tt.want) {
			t.Errorf("after %q became %q the screen does not show %q\n%s", tt.from, tt.to, tt.want, shown)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Errorf("Watch = %v; want no error when it is interrupted", err)
	}
}

// copyOfProject returns a folder with what a VM is made of, by links, and an
// empty kmod.
func copyOfProject(t *testing.T) string {
	t.Helper()
	from, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	for _, name := range []string{"go.mod", "go.sum", "guest", "harness", "internal", "vmimages"} {
		if err := os.Symlink(filepath.Join(from, name), filepath.Join(to, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(to, "kmod"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Kbuild", "Makefile"} {
		text, err := os.ReadFile(filepath.Join(from, "kmod", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, "kmod", name), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return to
}
