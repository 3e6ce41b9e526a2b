/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * wrong.h - what every module here shares: the parameter by which it is mended
 *
 * Each module makes one mistake, on purpose, at a line that says so. Never load
 * one into a kernel that anybody needs.
 */
#ifndef WRONG_H
#define WRONG_H

#include <linux/init.h>
#include <linux/module.h>
#include <linux/moduleparam.h>

static bool mended;
module_param(mended, bool, 0444);
MODULE_PARM_DESC(mended, "do it right");

#endif
