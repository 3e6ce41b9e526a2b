// SPDX-License-Identifier: GPL-2.0-only

// Package suite runs the project's own Go tests and knows which of them may be
// skipped: a test that did not run has proved nothing, and go test calls that
// ok.
package suite
