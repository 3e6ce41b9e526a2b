// SPDX-License-Identifier: GPL-2.0-only
/*
 * misuse - use one interface of the kernel as it must not be used
 *
 * Purpose: hear what the kernel says of it. Each way is one that a module gets
 * into by a slip; the kernel complains, and goes on.
 *
 * Usage: insmod misuse.ko how=sysctl, in a VM only.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/dma-mapping.h>
#include <linux/dmapool.h>
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/irqdesc.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/netdevice.h>
#include <linux/platform_device.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysctl.h>
#include <linux/version.h>
#include <linux/vmalloc.h>

static char *how = "";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "the interface that is misused");

/* The same path twice. */
static int misuse_sysctl(void)
{
	static int value;
	static struct ctl_table table[] = {
		{
			.procname = "misuse",
			.data = &value,
			.maxlen = sizeof(int),
			.mode = 0444,
			.proc_handler = proc_dointvec,
		},
		/* Tables ended with an empty entry up to 6.10. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
		{ }
#endif
	};
	struct ctl_table_header *one, *two;

	one = register_sysctl("dev", table);
	two = register_sysctl("dev", table);
	if (two)
		unregister_sysctl_table(two);
	if (one)
		unregister_sysctl_table(one);
	return 0;
}

/* A table without a handler. */
static int misuse_sysctl_table(void)
{
	static int value;
	static struct ctl_table table[] = {
		{ .procname = "misuse", .data = &value, .maxlen = sizeof(int), .mode = 0444 },
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
		{ }
#endif
	};
	struct ctl_table_header *header = register_sysctl("dev", table);

	if (header)
		unregister_sysctl_table(header);
	return 0;
}

static int misuse_kobject_init(void)
{
	struct kobject *kobj = kobject_create_and_add("misuse", NULL);

	if (!kobj)
		return -ENOMEM;
	kobject_init(kobj, kobj->ktype);
	kobject_put(kobj);
	return 0;
}

static int misuse_kobject_add(void)
{
	static struct kobject kobj;

	return kobject_add(&kobj, NULL, "misuse") == -EINVAL ? 0 : -EIO;
}

static int misuse_resource(void)
{
	release_region(0x300, 8);
	return 0;
}

/* An address that was unmapped before. */
static int misuse_iounmap(void)
{
	void *area = vmalloc(PAGE_SIZE);

	if (!area)
		return -ENOMEM;
	vfree(area);
	iounmap((void __iomem *)area);
	return 0;
}

static int misuse_vmalloc(void)
{
	void *area = vmalloc(1UL << 45);

	vfree(area);
	return 0;
}

static int misuse_driver(void)
{
	static struct platform_driver driver = { .driver = { .name = "misuse" } };
	int err = platform_driver_register(&driver);

	if (err)
		return err;
	if (platform_driver_register(&driver) != -EBUSY)
		return -EIO;
	platform_driver_unregister(&driver);
	return 0;
}

static int misuse_timeout(void)
{
	__set_current_state(TASK_UNINTERRUPTIBLE);
	schedule_timeout(-5);
	return 0;
}

/* A cache with a constructor is not merged with others of the same size. */
static void misuse_construct(void *object)
{
}

/* Memory of a slab cannot be mapped on demand. */
static int misuse_gfp(void)
{
	struct kmem_cache *cache = kmem_cache_create("misuse_gfp", 192, 0, 0, misuse_construct);
	void *object;

	if (!cache)
		return -ENOMEM;
	object = kmem_cache_alloc(cache, GFP_KERNEL | __GFP_HIGHMEM);
	if (object)
		kmem_cache_free(cache, object);
	kmem_cache_destroy(cache);
	return 0;
}

/* A cache that is destroyed while an object of it is in use. */
static int misuse_cache(void)
{
	struct kmem_cache *cache = kmem_cache_create("misuse_cache", 192, 0, 0, misuse_construct);

	if (!cache)
		return -ENOMEM;
	if (!kmem_cache_alloc(cache, GFP_KERNEL))
		pr_info("no object\n");
	kmem_cache_destroy(cache);
	return 0;
}

static int misuse_dma_pool(void)
{
	struct platform_device *device = platform_device_register_simple("misuse", -1, NULL, 0);
	struct dma_pool *pool;
	dma_addr_t address;

	if (IS_ERR(device))
		return PTR_ERR(device);
	dma_coerce_mask_and_coherent(&device->dev, DMA_BIT_MASK(32));
	pool = dma_pool_create("misuse", &device->dev, 64, 8, 0);
	if (pool) {
		if (!dma_pool_alloc(pool, GFP_KERNEL, &address))
			pr_info("no memory in the pool\n");
		dma_pool_destroy(pool);
	}
	platform_device_unregister(device);
	return 0;
}

static int misuse_packet(void)
{
	static struct packet_type handler = { .type = htons(0x88b5) };

	__dev_remove_pack(&handler);
	return 0;
}

/* A tasklet that leaves preemption disabled. */
static void misuse_leak(struct tasklet_struct *unused)
{
	__preempt_count_add(1);
}

static int misuse_softirq(void)
{
	static DECLARE_TASKLET(tasklet, misuse_leak);

	tasklet_schedule(&tasklet);
	tasklet_kill(&tasklet);
	return 0;
}

static irqreturn_t misuse_none(int irq, void *unused)
{
	return IRQ_NONE;
}

static irqreturn_t misuse_nonsense(int irq, void *unused)
{
	return (irqreturn_t)-1;
}

static irqreturn_t misuse_wake(int irq, void *unused)
{
	return IRQ_WAKE_THREAD;
}

/* Raises an interrupt of no device, with handler. */
static int misuse_irq(irq_handler_t handler)
{
	int irq = irq_alloc_descs(-1, 0, 1, NUMA_NO_NODE);
	int err;

	if (irq < 0)
		return irq;
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	err = request_irq(irq, handler, 0, "misuse", NULL);
	if (!err) {
		local_irq_disable();
		generic_handle_irq(irq);
		local_irq_enable();
		free_irq(irq, NULL);
	}
	irq_free_descs(irq, 1);
	return err;
}

static int misuse_irq_nonsense(void)
{
	return misuse_irq(misuse_nonsense);
}

static int misuse_irq_wake(void)
{
	int err = misuse_irq(misuse_wake);

	/* The kernel's line has no end (kernel/irq/handle.c), the next one ends it. */
	pr_info("the handler returned\n");
	return err;
}

/* A thread alone cannot quiet a level-triggered line. */
static int misuse_irq_thread(void)
{
	int irq = irq_alloc_descs(-1, 0, 1, NUMA_NO_NODE);
	int err;

	if (irq < 0)
		return irq;
	irq_set_chip_and_handler(irq, &dummy_irq_chip, handle_simple_irq);
	irq_modify_status(irq, IRQ_NOREQUEST, 0);
	err = request_threaded_irq(irq, NULL, misuse_none, 0, "misuse", NULL);
	if (!err)
		free_irq(irq, NULL);
	irq_free_descs(irq, 1);
	return err == -EINVAL ? 0 : -EIO;
}

static const struct {
	const char *name;
	int (*use)(void);
} misuses[] = {
	{ "sysctl", misuse_sysctl },
	{ "sysctl-table", misuse_sysctl_table },
	{ "kobject-init", misuse_kobject_init },
	{ "kobject-add", misuse_kobject_add },
	{ "resource", misuse_resource },
	{ "iounmap", misuse_iounmap },
	{ "vmalloc", misuse_vmalloc },
	{ "driver", misuse_driver },
	{ "timeout", misuse_timeout },
	{ "gfp", misuse_gfp },
	{ "cache", misuse_cache },
	{ "dma-pool", misuse_dma_pool },
	{ "packet", misuse_packet },
	{ "softirq", misuse_softirq },
	{ "irq-nonsense", misuse_irq_nonsense },
	{ "irq-wake", misuse_irq_wake },
	{ "irq-thread", misuse_irq_thread },
};

static int __init misuse_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(misuses); i++)
		if (!strcmp(misuses[i].name, how))
			return misuses[i].use();
	pr_err("how=%s is unknown\n", how);
	return -EINVAL;
}

static void __exit misuse_exit(void)
{
}

module_init(misuse_init);
module_exit(misuse_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Fault: one interface of the kernel, misused");
MODULE_LICENSE("GPL");
