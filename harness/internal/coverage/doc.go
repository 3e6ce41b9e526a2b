// SPDX-License-Identifier: GPL-2.0-only

// Package coverage knows which lines of modules were run: it reads what the
// compiler noted of them and what their counters say, and adds that up over cases
// and kernels.
package coverage
