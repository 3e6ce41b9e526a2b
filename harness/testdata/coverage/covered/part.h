/* SPDX-License-Identifier: GPL-2.0-only */

#include <linux/compiler.h>

/* A statement that no compiler moves or drops. */
#define here() WRITE_ONCE(covered_at, __LINE__)

extern int covered_at;

void part_work(int n);
void part_nobody(void);
