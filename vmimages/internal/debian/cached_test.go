// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/cache"
	"kmodlab/vmimages/internal/catalogue"
)

// Every kernel that was prepared is found, whatever the lock says today, by the
// name that chooses it.
func TestCachedHeaders(t *testing.T) {
	c, err := cache.At(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	dir := func(key, release string) string { return filepath.Join(c.Root(), kindKernel, key, headersDir(release)) }
	for key, release := range map[string]string{"a": "6.1.0-56-cloud-amd64", "b": "6.1.0-9-cloud-amd64", "c": "6.1.0-56-amd64", "d": "6.1.0-56-cloud-amd64", "e": "not-ours"} {
		if err := os.MkdirAll(dir(key, release), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir(key, release), "Module.symvers"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(dir("f", "6.1.0-57-amd64"), 0o755); err != nil { // not whole
		t.Fatal(err)
	}
	lock := &catalogue.Lock{Kernels: []catalogue.Pin{{Name: catalogue.KernelName("6.1", "cloud"), Arch: "amd64", Suite: testSuite, Release: "6.1.0-56-cloud-amd64"}}}
	got, err := New(c, testCatalogue, lock, Options{}).CachedHeaders(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []Headers{
		{"6.1.0-9", "6.1.0-9-cloud-amd64", "amd64", dir("b", "6.1.0-9-cloud-amd64")},
		{"6.1.0-56 amd64", "6.1.0-56-amd64", "amd64", dir("c", "6.1.0-56-amd64")},
		{"6.1", "6.1.0-56-cloud-amd64", "amd64", dir("a", "6.1.0-56-cloud-amd64")},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("CachedHeaders() (-want +got):\n%s", d)
	}
}
