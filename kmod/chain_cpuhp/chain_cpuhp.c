// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_cpuhp - what the kernel tells when a CPU goes and comes
 *
 * Purpose: show what has become of the CPU notifier chain. It was removed; in
 * its place stands a list of states that a CPU goes through one after the
 * other, up in order and down in reverse. A module joins at a state, with one
 * callback for the way up and one for the way down.
 *
 * Usage: insmod chain_cpuhp.ko, then
 *   echo 0 > /sys/devices/system/cpu/cpu1/online (and 1)
 * With veto=1 no CPU may go offline.
 *
 * Notes:
 * - The callbacks of CPUHP_BP_PREPARE_DYN run on another CPU, before the CPU
 *   has started or after it has died. Those of CPUHP_AP_ONLINE_DYN run on the
 *   CPU itself.
 * - cpuhp_setup_state() calls the callback for every CPU that is online
 *   already, cpuhp_remove_state() likewise on the way out; _nocalls does not.
 * - An error on the way undoes the states that have been passed: a robust call.
 *
 * Experiments to try:
 * - Fail in the online callback. In which state does the CPU end?
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/smp.h>

static bool veto;
module_param(veto, bool, 0444);
MODULE_PARM_DESC(veto, "Refuse that a CPU goes offline (default no)");

static int prepare_state, online_state;

/* Callbacks of the online state run in a thread that is bound to the CPU. */
static const char *where(unsigned int cpu)
{
	return raw_smp_processor_id() == cpu ? "there" : "elsewhere";
}

static int on_prepare(unsigned int cpu)
{
	pr_info("CPU %u: prepare, running %s\n", cpu, where(cpu));
	return 0;
}

static int on_dead(unsigned int cpu)
{
	pr_info("CPU %u: dead, running %s\n", cpu, where(cpu));
	return 0;
}

static int on_online(unsigned int cpu)
{
	pr_info("CPU %u: online, running %s\n", cpu, where(cpu));
	return 0;
}

static int on_offline(unsigned int cpu)
{
	pr_info("CPU %u: going offline, running %s%s\n", cpu, where(cpu), veto ? ": no" : "");
	return veto ? -EPERM : 0;
}

static int __init chain_cpuhp_init(void)
{
	prepare_state = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "kmodlab:prepare",
						  on_prepare, on_dead);
	if (prepare_state < 0)
		return prepare_state;
	online_state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "kmodlab:online",
					 on_online, on_offline);
	if (online_state < 0) {
		cpuhp_remove_state_nocalls(prepare_state);
		return online_state;
	}
	return 0;
}

static void __exit chain_cpuhp_exit(void)
{
	/* An error on this way out would be a bug, so no call that could veto. */
	cpuhp_remove_state_nocalls(online_state);
	cpuhp_remove_state_nocalls(prepare_state);
}

module_init(chain_cpuhp_init);
module_exit(chain_cpuhp_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: what the kernel tells when a CPU goes and comes");
MODULE_LICENSE("GPL");
