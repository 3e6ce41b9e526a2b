/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h - what every module here shares: the prefix of its log lines, the
 * headers and the licence
 *
 * Each module does one thing wrong, on purpose. Never load one into a kernel
 * that anybody needs: they are for virtual machines that are thrown away.
 */
#ifndef FAULT_H
#define FAULT_H

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>

/* The chain of fault_chain.ko, which fault_call.ko calls. */
extern struct blocking_notifier_head fault_chain;

#endif
