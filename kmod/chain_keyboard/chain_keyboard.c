// SPDX-License-Identifier: GPL-2.0-only
/*
 * chain_keyboard - the chain of key presses
 *
 * Purpose: show what the virtual terminal's keyboard tells of a key, and that
 * a subscriber may swallow it. A VM has nobody to press keys, so the module
 * presses one, F, on the keyboard that the machine has. From there on all is
 * the kernel's own: input core, keyboard handler, chain.
 *
 * Usage: insmod chain_keyboard.ko, then
 *   echo -n 1 > /sys/module/chain_keyboard/parameters/press
 * With swallow=1 the subscriber takes the key away.
 *
 * Notes:
 * - keyboard_notifier_list is an atomic chain (drivers/tty/vt/keyboard.c).
 *   A key is told several times: as a keycode, as a symbol or a Unicode
 *   character, and once more when it has been dealt with. NOTIFY_STOP swallows.
 * - Keyboards are unplugged, and the module is removed, while somebody writes to
 *   the parameter: its file is there until after the exit function. So whoever
 *   presses holds a lock, and whoever takes the keyboard away waits for it.
 *
 * Experiments to try:
 * - Press KEY_LEFTSHIFT: shift is told, and the value is a symbol.
 */

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/input.h>
#include <linux/keyboard.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/printk.h>

static bool swallow;
module_param(swallow, bool, 0444);
MODULE_PARM_DESC(swallow, "Take the key away at its keycode (default no)");

static struct input_handle keyboard = { .name = KBUILD_MODNAME };
/* As long as keyboard_open is true, the handle may be used; both under the lock. */
static DEFINE_MUTEX(keyboard_lock);
static bool keyboard_open;

static void press(void)
{
	input_inject_event(&keyboard, EV_KEY, KEY_F, 1);
	input_inject_event(&keyboard, EV_SYN, SYN_REPORT, 0);
	input_inject_event(&keyboard, EV_KEY, KEY_F, 0);
	input_inject_event(&keyboard, EV_SYN, SYN_REPORT, 0);
}

static int press_set(const char *text, const struct kernel_param *kp)
{
	int err = -ENODEV;

	mutex_lock(&keyboard_lock);
	if (keyboard_open) {
		press();
		err = 0;
	}
	mutex_unlock(&keyboard_lock);
	return err;
}

static const struct kernel_param_ops press_ops = { .set = press_set };
module_param_cb(press, &press_ops, NULL, 0200);
MODULE_PARM_DESC(press, "Write anything to it to press and release the key");

static const char *event_name(unsigned long event)
{
	switch (event) {
	case KBD_KEYCODE: return "keycode";
	case KBD_UNBOUND_KEYCODE: return "unbound keycode";
	case KBD_UNICODE: return "unicode";
	case KBD_KEYSYM: return "symbol";
	case KBD_POST_KEYSYM: return "symbol dealt with";
	}
	return "another event";
}

static int chain_keyboard_event(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct keyboard_notifier_param *p = data;

	pr_info("%s %u %s\n", event_name(event), p->value, p->down ? "down" : "up");
	return swallow ? NOTIFY_STOP : NOTIFY_OK;
}

static struct notifier_block chain_keyboard_block = { .notifier_call = chain_keyboard_event };

static void set_open(bool open)
{
	mutex_lock(&keyboard_lock);
	keyboard_open = open;
	mutex_unlock(&keyboard_lock);
}

static bool __init is_open(void)
{
	bool open;

	mutex_lock(&keyboard_lock);
	open = keyboard_open;
	mutex_unlock(&keyboard_lock);
	return open;
}

/*
 * Called for each device that has the key, one after the other (under the
 * input core's own lock). One is enough: -ENODEV is a no without a complaint.
 */
static int take_keyboard(struct input_handler *handler, struct input_dev *dev,
			 const struct input_device_id *id)
{
	int err;

	if (keyboard.dev)
		return -ENODEV;
	keyboard.dev = dev;
	keyboard.handler = handler;
	err = input_register_handle(&keyboard);
	if (err)
		goto forget;
	err = input_open_device(&keyboard);
	if (err)
		goto unregister;
	set_open(true);
	return 0;

unregister:
	input_unregister_handle(&keyboard);
forget:
	keyboard.dev = NULL;
	return err;
}

static void leave_keyboard(struct input_handle *handle)
{
	/* Behind this nobody presses any more. */
	set_open(false);
	input_close_device(handle);
	input_unregister_handle(handle);
	handle->dev = NULL;
}

static void on_input(struct input_handle *handle, unsigned int type, unsigned int code, int value)
{
	/* The chain tells enough. */
}

static const struct input_device_id keyboards[] = {
	{
		.flags = INPUT_DEVICE_ID_MATCH_EVBIT | INPUT_DEVICE_ID_MATCH_KEYBIT,
		.evbit = { BIT_MASK(EV_KEY) },
		.keybit = { [BIT_WORD(KEY_F)] = BIT_MASK(KEY_F) },
	},
	{ }
};

static struct input_handler chain_keyboard_handler = {
	.event = on_input,
	.connect = take_keyboard,
	.disconnect = leave_keyboard,
	.name = KBUILD_MODNAME,
	.id_table = keyboards,
};

static int __init chain_keyboard_init(void)
{
	int err;

	err = input_register_handler(&chain_keyboard_handler);
	if (err)
		return err;
	if (!is_open()) {
		pr_err("this machine has no keyboard\n");
		err = -ENODEV;
		goto unregister;
	}
	err = register_keyboard_notifier(&chain_keyboard_block);
	if (err)
		goto unregister;
	return 0;

unregister:
	input_unregister_handler(&chain_keyboard_handler);
	return err;
}

static void __exit chain_keyboard_exit(void)
{
	unregister_keyboard_notifier(&chain_keyboard_block);
	input_unregister_handler(&chain_keyboard_handler);
}

module_init(chain_keyboard_init);
module_exit(chain_keyboard_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Lesson: the chain of key presses");
MODULE_LICENSE("GPL");
