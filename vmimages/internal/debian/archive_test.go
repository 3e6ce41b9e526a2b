// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/clearsign"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"kmodlab/internal/cache"
	"kmodlab/internal/step"
	"kmodlab/vmimages/internal/catalogue"
)

// archive is a small Debian archive on a port of this machine: real packages,
// really signed, for the real apt.
type archive struct {
	t      *testing.T
	key    *openpgp.Entity
	server *httptest.Server
	ring   string // the public key, in ASCII armour

	mu       sync.Mutex
	files    map[string][]byte // path to content
	requests map[string]int    // path to how often it was asked for
	stanzas  map[string]string // suite to its Packages
	validFor time.Duration
	undated  bool              // whether indices have no Valid-Until, as those of suites that are closed
	mended   func(path string) // called after each answer; may be nil
	stalled  func(path string) // called with each package that is asked for, and then there is no answer; may be nil
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	for _, program := range []string{"apt-get", "apt-config", "dpkg-deb"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("needs apt and dpkg: %v", err)
		}
	}
	key, err := openpgp.NewEntity("test", "", "test@example.invalid", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA})
	if err != nil {
		t.Fatal(err)
	}
	a := &archive{t: t, key: key, files: map[string][]byte{}, requests: map[string]int{}, stanzas: map[string]string{}, validFor: 24 * time.Hour}
	a.ring = armoured(t, key)
	a.server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.server.Close)
	return a
}

// armoured returns the public half of a key, as the archive's are kept.
func armoured(t *testing.T, key *openpgp.Entity) string {
	t.Helper()
	var text strings.Builder
	w, err := armor.Encode(&text, openpgp.PublicKeyType, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := key.Serialize(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return text.String() + "\n"
}

// TestMain keeps a proxy of this machine away from the archives of the tests.
func TestMain(m *testing.M) {
	os.Setenv("no_proxy", "127.0.0.1")
	os.Exit(m.Run())
}

func (a *archive) serve(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	stalled := a.stalled
	a.mu.Unlock()
	if stalled != nil && strings.HasSuffix(r.URL.Path, ".deb") {
		stalled(r.URL.Path)
		<-r.Context().Done()
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests[r.URL.Path]++
	content, ok := a.files[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	http.ServeContent(w, r, path.Base(r.URL.Path), time.Time{}, bytes.NewReader(content))
	if a.mended != nil {
		a.mended(r.URL.Path)
	}
}

// downloads returns how often packages were asked for.
func (a *archive) downloads() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	n := 0
	for name, times := range a.requests {
		if strings.HasSuffix(name, ".deb") {
			n += times
		}
	}
	return n
}

// add builds a package of the files (name to content, or "-> TARGET" of a link) and
// puts it into the suite; publish makes it visible.
func (a *archive) add(suite, name, version, arch, depends string, files map[string]string) catalogue.Package {
	a.t.Helper()
	dir := a.t.TempDir()
	control := fmt.Sprintf("Package: %s\nVersion: %s\nArchitecture: %s\nMaintainer: test <test@example.invalid>\nDescription: test\n", name, version, arch)
	if depends != "" {
		control += "Depends: " + depends + "\n"
	}
	write(a.t, filepath.Join(dir, "DEBIAN/control"), control, 0o644)
	for file, content := range files {
		if target, ok := strings.CutPrefix(content, "-> "); ok {
			link(a.t, filepath.Join(dir, file), target)
			continue
		}
		write(a.t, filepath.Join(dir, file), content, 0o755)
	}
	deb := filepath.Join(a.t.TempDir(), "deb")
	if output, err := exec.Command("dpkg-deb", "--root-owner-group", "-Znone", "--build", dir, deb).CombinedOutput(); err != nil {
		a.t.Fatalf("dpkg-deb: %v: %s", err, output)
	}
	content, err := os.ReadFile(deb)
	if err != nil {
		a.t.Fatal(err)
	}
	pkg := catalogue.Package{Name: name, Arch: arch, Version: version, Size: int64(len(content)), SHA256: sum(content)}
	pool := "pool/" + name + "_" + version + "_" + arch + ".deb"
	a.mu.Lock()
	defer a.mu.Unlock()
	a.files[a.base(suite)+pool] = content
	a.stanzas[suite] += control + fmt.Sprintf("Filename: %s\nSize: %d\nSHA256: %s\n\n", pool, pkg.Size, pkg.SHA256)
	return pkg
}

// remove takes the packages whose names hold text out of the suite.
func (a *archive) remove(suite, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var left []string
	for _, stanza := range strings.SplitAfter(a.stanzas[suite], "\n\n") {
		name, _, _ := strings.Cut(stanza, "\n")
		if !strings.Contains(name, text) {
			left = append(left, stanza)
		}
	}
	a.stanzas[suite] = strings.Join(left, "")
	for name := range a.files {
		if strings.Contains(path.Base(name), text) {
			delete(a.files, name)
		}
	}
}

// publish writes and signs the index of the suite.
func (a *archive) publish(suite string) {
	a.t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	packages := []byte(a.stanzas[suite])
	now := time.Now().UTC()
	release := fmt.Sprintf("Origin: Debian\nSuite: %s\nCodename: %s\nDate: %s\nValid-Until: %s\nArchitectures: amd64\nComponents: main\nSHA256:\n %s %d main/binary-amd64/Packages\n",
		suite, suite, now.Add(-48*time.Hour).Format(time.RFC1123), now.Add(a.validFor).Format(time.RFC1123), sum(packages), len(packages))
	release = strings.ReplaceAll(release, "UTC", "GMT")
	if a.undated {
		release = regexp.MustCompile(`Valid-Until: .*\n`).ReplaceAllString(release, "")
	}
	var signed bytes.Buffer
	w, err := clearsign.Encode(&signed, a.key.PrivateKey, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	if _, err := w.Write([]byte(release)); err != nil {
		a.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		a.t.Fatal(err)
	}
	a.files[a.base(suite)+"dists/"+suite+"/InRelease"] = signed.Bytes()
	a.files[a.base(suite)+"dists/"+suite+"/main/binary-amd64/Packages"] = packages
}

func (a *archive) base(suite string) string {
	if strings.HasSuffix(suite, "-security") {
		return "/debian-security/"
	}
	return "/debian/"
}

// provider returns a provider for the archive.
func (a *archive) provider(c *cache.Cache, cat *catalogue.Catalogue, lock *catalogue.Lock, o Options) *Provider {
	p := New(c, cat, lock, o)
	p.keys = a.ring
	p.mirrors = mirrors{a.server.URL + "/debian", a.server.URL + "/debian-security"}
	return p
}

// notes collects the remarks of a run.
type notes struct {
	mu   sync.Mutex
	text []string
}

func (n *notes) listen(e step.Event) {
	if e.Kind == step.Noted {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.text = append(n.text, e.Text)
	}
}

func (n *notes) all() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Join(n.text, "\n")
}

func write(t *testing.T, name, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
}

func link(t *testing.T, name, target string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

func sum(content []byte) string {
	s := sha256.Sum256(content)
	return hex.EncodeToString(s[:])
}
