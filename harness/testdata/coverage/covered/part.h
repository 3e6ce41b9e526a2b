/* SPDX-License-Identifier: GPL-2.0-only */

/* A statement that the compiler neither moves nor makes one with another. */
#define here() do { asm volatile("# %0" : : "i" (__LINE__)); } while (0)

void part_work(int n);
void part_nobody(void);
