// SPDX-License-Identifier: GPL-2.0-only
#include <linux/debugfs.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

static struct task_struct *thread;
static struct kmem_cache *cache;
static struct workqueue_struct *queue;
static struct dentry *folder;

static const struct file_operations neat_fops = {
	.owner = THIS_MODULE,
};

static struct miscdevice device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "neat",
	.fops = &neat_fops,
};

static int neat_thread(void *unused)
{
	while (!kthread_should_stop())
		schedule_timeout_interruptible(HZ);
	return 0;
}

static int __init neat_init(void)
{
	int err = -ENOMEM;

	cache = kmem_cache_create("neat", 72, 0, SLAB_TYPESAFE_BY_RCU, NULL);
	if (!cache)
		return -ENOMEM;
	queue = alloc_workqueue("neat", WQ_MEM_RECLAIM | WQ_UNBOUND, 1);
	if (!queue)
		goto no_queue;
	if (!proc_mkdir("neat", NULL))
		goto no_entry;
	err = misc_register(&device);
	if (err)
		goto no_device;
	thread = kthread_run(neat_thread, NULL, "neat");
	if (IS_ERR(thread)) {
		err = PTR_ERR(thread);
		goto no_thread;
	}
	folder = debugfs_create_dir("neat", NULL);
	return 0;

no_thread:
	misc_deregister(&device);
no_device:
	remove_proc_entry("neat", NULL);
no_entry:
	destroy_workqueue(queue);
no_queue:
	kmem_cache_destroy(cache);
	return err;
}

static void __exit neat_exit(void)
{
	debugfs_remove_recursive(folder);
	kthread_stop(thread);
	misc_deregister(&device);
	remove_proc_entry("neat", NULL);
	destroy_workqueue(queue);
	kmem_cache_destroy(cache);
}

module_init(neat_init);
module_exit(neat_exit);

MODULE_DESCRIPTION("Takes back whatever it makes");
MODULE_LICENSE("GPL");
