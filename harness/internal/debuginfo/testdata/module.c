// SPDX-License-Identifier: GPL-2.0-only
// Compiled by the test, as a kernel module is: code in more than one section.

static int count(int *where)
{
	return *where;			/* line 6 */
}

__attribute__((noinline, used)) int in_text(int *where)
{
	asm volatile("nop");		/* line 11 */
	return count(where) + 1;
}

__attribute__((noinline, used, section(".init.text"))) int in_init(int *where)
{
	asm volatile("nop");		/* line 17 */
	in_text(where);			/* line 18 */
	asm volatile("nop");		/* line 19 */
	return 2;
}
