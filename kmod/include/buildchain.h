/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract of buildchain: one notifier chain, test_chain, that modules
 * subscribe to and send events down.
 *
 * test_chain is a raw chain. The three functions are as unlocked as the raw
 * chain API behind them: the modules of these lessons call them from their
 * init and exit functions only, and nobody may do so from two CPUs at once.
 */

#ifndef _BUILDCHAIN_H
#define _BUILDCHAIN_H

#include <linux/notifier.h>

/* Event numbers that have a meaning on test_chain: these and all between. */
#define TEST_EVENT_FIRST	1UL
#define TEST_EVENT_LAST		9UL

/**
 * register_test_notifier() - subscribe to test_chain
 * @nb: the subscriber; it must stay until unregister_test_notifier()
 *
 * Return: 0, or what raw_notifier_chain_register() refused with.
 */
int register_test_notifier(struct notifier_block *nb);

/**
 * unregister_test_notifier() - leave test_chain
 * @nb: the subscriber
 *
 * Return: 0, or -ENOENT if @nb is not on the chain.
 */
int unregister_test_notifier(struct notifier_block *nb);

/**
 * test_notifier_call_chain() - send an event to all subscribers of test_chain
 * @event: TEST_EVENT_FIRST to TEST_EVENT_LAST
 * @data: handed to each subscriber as it is, may be NULL
 *
 * Return: what the last subscriber that was called returned, a NOTIFY_ value
 * and no errno: ask notifier_to_errno() for that. NOTIFY_DONE when nobody
 * subscribed.
 */
int test_notifier_call_chain(unsigned long event, void *data);

#endif /* _BUILDCHAIN_H */
