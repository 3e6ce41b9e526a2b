// SPDX-License-Identifier: GPL-2.0-only

//go:build !mage

// Package kmodlab carries what the command kmodlab has to have along, since it
// runs without a checkout: the sources of the guest's programs, which are compiled
// for whatever kernel and machine they are needed on, the lessons, and the magefile,
// which says what each target takes.
package kmodlab

import "embed"

// Sources has, by their paths in the checkout, the files that [harness.Installed]
// makes a home of.
//
//go:embed go.mod go.sum docs/claims.md guest internal/wire kmod harness/internal/bench/lesson
var Sources embed.FS

// Magefile is the text of magefile.go.
//
//go:embed magefile.go
var Magefile []byte
