// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/google/go-cmp/cmp"

	"kmodlab/internal/fault"
)

// The keys that go along are those that the note beside them names, and no other.
func TestArchiveKeys(t *testing.T) {
	ring, err := openpgp.ReadArmoredKeyRing(strings.NewReader(archiveKeys))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, key := range ring {
		if key.PrivateKey != nil {
			t.Errorf("%X is a private key", key.PrimaryKey.Fingerprint)
		}
		name, _, _ := strings.Cut(key.PrimaryIdentity().Name, " <")
		expires := "never"
		if seconds := key.PrimaryIdentity().SelfSignature.KeyLifetimeSecs; seconds != nil {
			expires = key.PrimaryKey.CreationTime.Add(time.Duration(*seconds) * time.Second).UTC().Format(time.DateOnly)
		}
		got = append(got, fmt.Sprintf("| `%X` | %s | %s |", key.PrimaryKey.Fingerprint, name, expires))
	}
	note, err := os.ReadFile("keys/README.md")
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile("(?m)^\\| `.*").FindAllString(string(note), -1)
	if d := cmp.Diff(want, got); d != "" || len(want) == 0 {
		t.Errorf("keys (-as keys/README.md says +as they are):\n%s", d)
	}
}

// An index is believed for the keys that the provider has: it looks at no other,
// and has Debian's where nobody says otherwise.
func TestKeysDecide(t *testing.T) {
	t.Parallel()
	a, lock, c := newLab(t)
	p := a.provider(c, testCatalogue, lock, Options{Locked: true})
	p.keys = New(c, testCatalogue, lock, Options{}).keys
	if _, _, err := get(p, "cloud"); fault.Of(err) != fault.Archive || !strings.Contains(err.Error(), "signature cannot be checked") {
		t.Errorf("with Debian's keys: Kernel() = %v; want the signature of a stranger refused", err)
	}
	if p.keys != archiveKeys {
		t.Error("a provider has other keys than those that go along")
	}
	if _, _, err := get(a.provider(c, testCatalogue, lock, Options{Locked: true}), "cloud"); err != nil {
		t.Errorf("with the key of the archive: Kernel() = %v", err)
	}
	sources, err := filepath.Glob(filepath.Join(c.Root(), kindApt, "*", "etc/apt/sources.list.d/*"))
	if err != nil || len(sources) == 0 {
		t.Fatalf("%v, %v; want the sources of each root", sources, err)
	}
	for _, file := range sources {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		root := strings.TrimSuffix(file, "sources.list.d/kernels.sources")
		if want := "Signed-By: " + root + "keys.asc\n"; !strings.Contains(string(text), want) {
			t.Errorf("%s:\n%s\nwant %q: keys of its own, not the machine's", file, text, want)
		}
	}
}
