// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kmodlab/internal/fault"
	"kmodlab/vmimages/internal/catalogue"
)

// TestTroubleWithTheArchive lets the real apt run into what archives do.
func TestTroubleWithTheArchive(t *testing.T) {
	const packages = "/debian-security/dists/" + testSuite + "/main/binary-amd64/Packages"
	for name, tt := range map[string]struct {
		trouble func(t *testing.T, a *archive, lock *catalogue.Lock)
		owner   fault.Owner // "" when the kernel is to be had all the same
		says    string      // part of the note, or of the error
	}{
		"the index is past its date": {func(_ *testing.T, a *archive, _ *catalogue.Lock) {
			a.validFor = -24 * time.Hour
			a.publish(testSuite)
		}, "", "past its date"},
		"the mirror is being renewed": {func(_ *testing.T, a *archive, _ *catalogue.Lock) {
			a.files[packages] = append(a.files[packages], '\n')
		}, fault.Archive, "being renewed"},
		"signed by a stranger": {func(t *testing.T, a *archive, _ *catalogue.Lock) {
			a.key = newArchive(t).key
			a.publish(testSuite)
		}, fault.Archive, "signature cannot be checked"},
		"other bytes under the same version": {func(_ *testing.T, _ *archive, lock *catalogue.Lock) {
			lock.Kernels[0].Packages[1].SHA256 = strings.Repeat("0", 64)
		}, fault.Archive, "is not the one that is pinned"},
		"no network": {func(_ *testing.T, a *archive, _ *catalogue.Lock) { a.server.Close() }, fault.Archive, "cannot reach the archive"},
		"no such suite": {func(_ *testing.T, a *archive, _ *catalogue.Lock) {
			delete(a.files, "/debian-security/dists/"+testSuite+"/InRelease")
		}, fault.Archive, `no suite "lab-security"`},
		"altered on the way": {func(_ *testing.T, a *archive, _ *catalogue.Lock) {
			const release = "/debian-security/dists/" + testSuite + "/InRelease"
			a.files[release] = bytes.Replace(a.files[release], []byte("Origin: Debian"), []byte("Origin: Nobody"), 1)
		}, fault.Archive, "signature cannot be checked"},
		"keys that are none": {func(_ *testing.T, a *archive, _ *catalogue.Lock) { a.ring = "" }, fault.Archive, "signature cannot be checked"},
		"a package unlike what it was": {func(_ *testing.T, a *archive, lock *catalogue.Lock) {
			const name = "linux-headers-6.1.0-56-cloud-amd64"
			a.remove(testSuite, name)
			lock.Kernels[0].Packages[0] = a.add(testSuite, name, "6.1.56-1", "amd64", "", map[string]string{
				"usr/src/" + name + "/include/generated/utsrelease.h": "#define UTS_RELEASE \"6.1.0-55-cloud-amd64\"\n",
			})
			a.publish(testSuite)
		}, fault.Harness, "headers are those of another release"},
		"a package is not there": {func(_ *testing.T, a *archive, _ *catalogue.Lock) {
			for file := range a.files {
				if strings.Contains(file, "linux-kbuild") {
					delete(a.files, file)
				}
			}
		}, fault.Archive, "that it does not have"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, lock, c := newLab(t)
			tt.trouble(t, a, lock)
			_, said, err := get(a.provider(c, testCatalogue, lock, Options{Locked: true}), "cloud")
			if fault.Of(err) != tt.owner {
				t.Fatalf("Kernel() = %v; want a fault of %q", err, tt.owner)
			}
			if err != nil {
				said = err.Error()
			}
			if !strings.Contains(said, tt.says) {
				t.Errorf("Kernel() says %q; want %q in it", said, tt.says)
			}
			if err != nil && strings.Count(said, "hint:") != 1 {
				t.Errorf("Kernel() says %q; want one hint", said)
			}
		})
	}
}

// TestMirrorThatMends is a mirror whose index fits again at the second try.
func TestMirrorThatMends(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	const packages = "/debian-security/dists/" + testSuite + "/main/binary-amd64/Packages"
	whole := a.files[packages]
	a.files[packages] = append([]byte("\n"), whole...)
	a.mended = func(path string) {
		if path == packages {
			a.files[packages] = whole
		}
	}
	k, said, err := get(a.provider(c, testCatalogue, lock, Options{}), "cloud")
	if err != nil || k.Version != "6.1.56-1" || !strings.Contains(said, "trying once more") {
		t.Errorf("Kernel() = %v, %v, note %q; want 6.1.56-1 and a note", k, err, said)
	}
}

// TestInterruptedDownload cancels a run while a package comes in, or rather does
// not: apt ends, and nothing of the download is left.
func TestInterruptedDownload(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	a.stalled = func(string) { cancel() }
	p := a.provider(c, testCatalogue, lock, Options{})
	if k, err := p.kernel(ctx, choice("cloud")); !errors.Is(err, context.Canceled) || fault.Exit(err) != fault.ExitHarness {
		t.Errorf("Kernel() = %v, %v; want the run to be cancelled", k, err)
	}
	for _, sub := range []string{"tmp/*", "locks/*", "deb/*", "kernel/*", "toolchain/*"} {
		if left, err := filepath.Glob(filepath.Join(c.Root(), sub)); err != nil || len(left) > 0 {
			t.Errorf("%v, %v are left; want nothing", left, err)
		}
	}
	if users := processesThatName(t, c.Root()); len(users) > 0 {
		t.Errorf("%v still run; want no apt", users)
	}
	a.mu.Lock()
	a.stalled = nil
	a.mu.Unlock()
	if _, said, err := get(p, "cloud"); err != nil || said != "" {
		t.Errorf("Kernel() after that = %v, note %q; want neither", err, said)
	}
}

// processesThatName returns the processes with text in their environment or
// arguments.
func processesThatName(t *testing.T, text string) []string {
	t.Helper()
	var found []string
	for _, what := range []string{"environ", "cmdline"} {
		paths, err := filepath.Glob("/proc/[0-9]*/" + what)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			content, _ := os.ReadFile(path) // of one that has ended there is none
			if strings.Contains(string(content), text) {
				found = append(found, path)
			}
		}
	}
	return found
}

func TestClassify(t *testing.T) {
	for name, tt := range map[string]struct {
		output string
		want   trouble
	}{
		"expired":         {"E: Release file for http://x/InRelease is expired (invalid since 3d). Updates for this repository will not be applied.", expired},
		"early":           {"E: Release file for http://x/InRelease is not valid yet (invalid for another 2h).", early},
		"size":            {"E: Failed to fetch http://x/Packages.xz  File has unexpected size (1 != 2). Mirror sync in progress? [IP: ::1 80]", midSync},
		"hash":            {"E: Failed to fetch http://x/a.deb  Hash Sum mismatch", midSync},
		"resolving":       {"W: Failed to fetch http://x/InRelease  Temporary failure resolving 'x'", offline},
		"refused":         {"W: Failed to fetch http://x/InRelease  Could not connect to x:80 (127.0.0.1). - connect (111: Connection refused)", offline},
		"no such suite":   {"E: The repository 'http://x dull Release' does not have a Release file.", missingFile},
		"gone":            {"E: Failed to fetch http://x/a.deb  404  Not Found [IP: ::1 80]", missingFile},
		"stranger's key":  {"W: GPG error: http://x dull InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 1", unsigned},
		"stranger's, sqv": {"W: OpenPGP signature verification failed: http://x dull InRelease: Sub-process /usr/bin/sqv returned an error code (1)", unsigned},
		"full":            {"E: Write error - write (28: No space left on device)", fullDisk},
		"bad gateway":     {"E: Failed to fetch http://x/InRelease  502  Bad Gateway", unknown},
	} {
		t.Run(name, func(t *testing.T) {
			err := fmt.Errorf("wrapped: %w", &aptError{command: "apt-get update", output: tt.output})
			if got := classify(err); got != tt.want {
				t.Errorf("classify(%q) = %d; want %d", tt.output, got, tt.want)
			}
			if owned := blame(err, "suite", "site"); classify(owned) != unknown || blame(owned, "x", "y") != owned {
				t.Errorf("blame(%v) does not stand", owned)
			}
		})
	}
}
