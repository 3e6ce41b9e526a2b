// SPDX-License-Identifier: GPL-2.0-only
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>

static int late_thread(void *unused)
{
	for (;;)
		msleep(1000);
	return 0;
}

static int __init late_init(void)
{
	return PTR_ERR_OR_ZERO(kthread_run(late_thread, NULL, "late_thread"));
}

static void __exit late_exit(void)
{
}

module_init(late_init);
module_exit(late_exit);

MODULE_DESCRIPTION("Has a thread that it does not stop");
MODULE_LICENSE("GPL");
