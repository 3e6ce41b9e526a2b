/* SPDX-License-Identifier: GPL-2.0-only */
/* The chain that teardown_chain owns and teardown_guest is a guest of. */
#ifndef TEARDOWN_CHAIN_H
#define TEARDOWN_CHAIN_H

#include <linux/notifier.h>

/* Both return what the chain's own functions do. */
int teardown_chain_join(struct notifier_block *nb);
int teardown_chain_leave(struct notifier_block *nb);

#endif
