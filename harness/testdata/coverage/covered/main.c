// SPDX-License-Identifier: GPL-2.0-only
/*
 * covered - a module with lines that run in init, in exit, when init fails, when
 * it dies, and never. See part.c.
 */

#include <linux/bug.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

#include "part.h"

static char *mode = "";
module_param(mode, charp, 0444);

static int __init covered_init(void)
{
	here(); /* ran: 4 */
	switch (mode[0]) {
	case 'f':
		here(); /* ran: 1 */
		return -ENODEV;
	case 'd':
		here(); /* ran: 1 */
		BUG();
	case 'p':
		panic("covered panics"); /* ran: 0, for nobody can be asked after that */
	}
	part_work(3); /* ran: 2 */
	part_work(4);
	return 0;
}

static void __exit covered_exit(void)
{
	here(); /* ran: 1 */
}

module_init(covered_init);
module_exit(covered_exit);

MODULE_DESCRIPTION("Lines that run, and lines that do not");
MODULE_LICENSE("GPL");
