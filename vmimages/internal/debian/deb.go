// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"kmodlab/internal/fault"
	"kmodlab/vmimages/internal/catalogue"
)

// deb returns the file of a package in the cache.
func (p *Provider) deb(pkg catalogue.Package) string {
	return filepath.Join(p.place(debInputs(pkg)), debName(pkg))
}

// keep moves a downloaded package into the cache if it is what the pin says.
func (p *Provider) keep(ctx context.Context, file string, pkg catalogue.Package) error {
	_, err := p.cache.Dir(ctx, debInputs(pkg), func(_ context.Context, tmp string) error {
		if err := os.Rename(file, filepath.Join(tmp, debName(pkg))); err != nil {
			return err
		}
		if err := checkDeb(tmp, pkg); err != nil {
			return &fault.Error{Owner: fault.Archive, What: "a package is not the one that is pinned", Where: pkg.String(), Err: err,
				Hint: "do not trust this mirror before you know why"}
		}
		return nil
	})
	return err
}

// debName is the name that apt gives a package's file.
func debName(p catalogue.Package) string {
	return p.Name + "_" + strings.ReplaceAll(p.Version, ":", "%3a") + "_" + p.Arch + ".deb"
}

// checkDeb checks size and hash of the package in the folder dir.
func checkDeb(dir string, pkg catalogue.Package) error {
	file := filepath.Join(dir, debName(pkg))
	info, err := os.Stat(file)
	if err != nil {
		return err
	}
	if info.Size() != pkg.Size {
		return fmt.Errorf("%d bytes; want %d", info.Size(), pkg.Size)
	}
	sum, err := digest(file)
	if err == nil && sum != pkg.SHA256 {
		err = fmt.Errorf("SHA-256 %s; want %s", sum, pkg.SHA256)
	}
	return err
}

// digest returns the SHA-256 of a file in hex.
func digest(file string) (string, error) {
	f, err := os.Open(file)
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
