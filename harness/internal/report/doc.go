// SPDX-License-Identifier: GPL-2.0-only

// Package report shows what happened: steps as they come, and results at the
// end. It knows steps and results, nothing of how they came about.
package report
