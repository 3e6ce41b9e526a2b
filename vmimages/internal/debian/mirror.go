// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"os"
	"path"
	"strings"

	"kmodlab/internal/fault"
)

// EnvMirror names the environment variable that holds the archive's address,
// and after a space that of the security archive, for machines whose apt knows
// no Debian mirror.
const EnvMirror = "KMODLAB_MIRROR"

// mirrors are the addresses of the archive.
type mirrors struct{ main, security string }

// findMirrors returns the addresses that EnvMirror holds or that the machine's
// own apt uses. The error is a [fault.Error] of the host.
func findMirrors(ctx context.Context) (mirrors, error) {
	if m := parseMirrors(os.Getenv(EnvMirror)); m != (mirrors{}) {
		return m, nil
	}
	output, err := aptOutput(ctx, "apt-get", "indextargets", "--format", "$(SITE) $(RELEASE)", "Created-By: Packages")
	if err != nil {
		return mirrors{}, &fault.Error{Owner: fault.Host, What: "cannot ask this machine's apt for its mirrors", Err: err,
			Hint: "mend what apt complains about, or set " + EnvMirror}
	}
	m := parseTargets(output)
	if m.main == "" {
		return mirrors{}, &fault.Error{Owner: fault.Host, What: "this machine's apt knows no Debian mirror", Where: "apt-get indextargets",
			Hint: "set " + EnvMirror + " to the address of a Debian archive, and after a space that of its security archive"}
	}
	return m, nil
}

// parseMirrors reads what EnvMirror holds.
func parseMirrors(text string) mirrors {
	var m mirrors
	switch words := strings.Fields(text); len(words) {
	case 0:
	case 1:
		m.main = words[0]
	default:
		m.main, m.security = words[0], words[1]
	}
	return m.complete()
}

// UseMirror has the provider use a mirror of the archive instead of those that
// this machine's apt knows: its address, and after a space that of the security
// archive. The environment goes before.
func (p *Provider) UseMirror(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if os.Getenv(EnvMirror) == "" {
		p.mirrors = parseMirrors(text)
	}
}

// Mirror returns the address of the archive that kernels come from. The error is
// a [fault.Error] of the host.
func (p *Provider) Mirror(ctx context.Context) (string, error) {
	m, err := p.knownMirrors(ctx)
	return m.main, err
}

// parseTargets takes the Debian mirrors out of lines "SITE RELEASE". A mirror
// is known by the last part of its address, which may also be a list of
// mirrors (the way of cloud images: mirror+file:/etc/apt/mirrors/debian.list).
func parseTargets(text string) mirrors {
	var m mirrors
	for line := range strings.Lines(text) {
		site, release, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok || strings.HasPrefix(site, "cdrom:") {
			continue
		}
		last := strings.TrimSuffix(path.Base(site), ".list")
		security := last == "debian-security" || last == "debian" && strings.HasSuffix(release, "-security")
		switch {
		case security && m.security == "":
			m.security = site
		case last == "debian" && !security && m.main == "":
			m.main = site
		}
	}
	return m.complete()
}

// complete fills in the address of the security archive, which stands beside
// the main one by convention.
func (m mirrors) complete() mirrors {
	if m.main == "" || m.security != "" {
		return m
	}
	base, list := strings.CutSuffix(strings.TrimRight(m.main, "/"), ".list")
	m.security = base + "-security"
	if list {
		m.security += ".list"
	}
	return m
}

// of returns the address that holds the suite.
func (m mirrors) of(suite string) string {
	if strings.HasSuffix(suite, "-security") {
		return m.security
	}
	return m.main
}
