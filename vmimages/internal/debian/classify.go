// SPDX-License-Identifier: GPL-2.0-only

package debian

import (
	"errors"
	"fmt"
	"strings"

	"kmodlab/internal/fault"
)

// trouble is a sort of failure of apt, as far as it asks for different things
// to be done.
type trouble int

const (
	unknown     trouble = iota
	expired             // the index is past the date until which its signature counts
	early               // the index is from the future: this machine's clock is wrong
	midSync             // the mirror is being renewed, index and packages do not fit
	offline             // no way to the mirror
	missingFile         // the mirror has no such file
	unsigned            // the signature is missing, unknown or wrong
	fullDisk
)

// signs are what apt's methods and libapt-pkg print, most telling first: the
// sentences around them repeat each other's words.
var signs = []struct {
	text string
	is   trouble
}{
	{"No space left on device", fullDisk},
	{"Disk quota exceeded", fullDisk},
	{"is expired (invalid since", expired},
	{"is not valid yet", early},
	{"  400  ", missingFile}, // before what apt adds: that nothing is signed then
	{"  403  ", missingFile},
	{"  404  ", missingFile},
	{"  410  ", missingFile},
	{"NO_PUBKEY", unsigned},
	{"is not signed", unsigned},
	{"GPG error", unsigned},
	{"OpenPGP signature verification failed", unsigned},
	{"signatures couldn't be verified", unsigned},
	{"signatures were invalid", unsigned},
	{"Could not resolve", offline},
	{"Temporary failure resolving", offline},
	{"Something wicked happened resolving", offline},
	{"Network is unreachable", offline},
	{"Cannot initiate the connection", offline},
	{"Could not connect", offline},
	{"Unable to connect", offline},
	{"Connection failed", offline},
	{"Connection timed out", offline},
	{"unexpected size", midSync},
	{"Hash Sum mismatch", midSync},
	{"does not have a Release file", missingFile},
	{"File not found", missingFile},
}

// rawAptError returns the error of apt that err is, unless it was already
// made a [fault.Error].
func rawAptError(err error) (*aptError, bool) {
	if _, owned := errors.AsType[*fault.Error](err); owned {
		return nil, false
	}
	return errors.AsType[*aptError](err)
}

// classify returns what sort of failure err, an error of apt, tells of.
func classify(err error) trouble {
	apt, ok := rawAptError(err)
	if !ok {
		return unknown
	}
	for _, sign := range signs {
		if strings.Contains(apt.output, sign.text) {
			return sign.is
		}
	}
	return unknown
}

// blame makes a [fault.Error] of err, which apt ran into in the suite at site.
// Errors that already have an owner, or that are no errors of apt, stay.
func blame(err error, suite, site string) error {
	if _, ok := rawAptError(err); !ok {
		return err
	}
	f := &fault.Error{Owner: fault.Archive, Where: suite + " at " + site, Err: err}
	switch classify(err) {
	case fullDisk:
		f.Owner, f.What = fault.Host, "the disk is full"
		f.Hint = "free some space; what is in the cache stays valid"
	case early:
		f.Owner, f.What = fault.Host, "the archive's index is from the future"
		f.Hint = "set this machine's clock"
	case unsigned:
		f.What = "the archive's signature cannot be checked"
		f.Hint = "take a newer kmodlab, which has newer keys of Debian's; if that does not help, do not trust this mirror"
	case offline:
		f.What = "cannot reach the archive, and what is wanted is not in the cache"
		f.Hint = "connect this machine, or set " + EnvMirror + " to a mirror that it reaches; kernels that are in the cache work without a network"
	case midSync:
		f.What = "the mirror is being renewed: its files do not fit its index"
		f.Hint = "this mends itself, mostly within an hour: run again then"
	case missingFile:
		if _, lists := errors.AsType[*lackingError](err); lists {
			f.What = fmt.Sprintf("the mirror lists packages of %q that it does not have", suite)
			f.Hint = "if the mirror is being renewed, run again in an hour; else take another kernel, or set " + EnvMirror + " to a complete mirror"
			break
		}
		f.What = fmt.Sprintf("the mirror has no suite %q, or lacks files of it", suite)
		f.Hint = "if the mirror is being renewed, run again in an hour; else set " + EnvMirror + " to a complete mirror.\n" +
			"A suite that has left the archive has to leave vmimages/catalogue.toml"
	default:
		f.What = "apt failed"
		f.Hint = "see what apt says; when it is the mirror's trouble, run again later or set " + EnvMirror + " to another one"
	}
	return f
}
