/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * user_task.h - a user task of a few bytes, made by a module
 *
 * A lesson that needs a task in user mode cannot take any program: a program
 * makes system calls, has threads, receives signals. This one does what its
 * bytes say and nothing else: it counts, in a page that the module can read. A
 * count that has moved says that the task has been in user mode.
 *
 * It is started as a usermode helper, from any program there is; before it gets
 * to the first instruction of that program, a task work sends it to our bytes
 * instead. So this is a use of task work, too: code that runs in a given task,
 * on its way to user mode, where its address space and its registers may be
 * changed.
 *
 * Which program there is depends on the machine: a VM of the laboratory has
 * /init, an installed system has /sbin/init. The first one of a few is taken, or
 * the one that the module's user names.
 *
 * x86 only, for the bytes are instructions. user_task_start() returns
 * -EOPNOTSUPP elsewhere.
 */
#ifndef KMODLAB_USER_TASK_H
#define KMODLAB_USER_TASK_H

#include <linux/completion.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/kernel.h> /* for ARRAY_SIZE() and container_of() */
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/processor.h>
#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/sched/task_stack.h>
#include <linux/task_work.h>
#include <linux/uaccess.h>
#include <linux/umh.h>

struct user_task {
	int cpu;       /* where it runs */
	char *program; /* what it is started from; NULL: whatever there is */

	struct task_struct *task;
	struct page *page; /* where it counts */
	struct callback_head redirect;
	struct completion redirected;
	int err;
};

/* For whoever waits for the task: at first without sleeping, for it is quick. */
static inline void user_task_pause(unsigned int *pauses)
{
	if ((*pauses)++ < 1000)
		cpu_relax();
	else
		/* Never run: it is there before that. */
		usleep_range(1000, 2000);
}

#ifdef CONFIG_X86_64

/* The count is in the page behind the one with these bytes. */
static const u8 user_task_code[] = {
	0x48, 0x8d, 0x05, 0xf9, 0x0f, 0x00, 0x00, /* lea 0xff9(%rip), %rax */
	0xff, 0x00,                               /* again: incl (%rax) */
	0xeb, 0xfc,                               /* jmp again */
};

static int user_task_map(struct user_task *ut)
{
	unsigned long code;
	int pages;

	/* A program of 32 bits runs in a mode that has other instructions. */
	if (test_thread_flag(TIF_ADDR32))
		return -ENOEXEC;
	code = vm_mmap(NULL, 0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE | PROT_EXEC,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	/* Never run: an insmod has room for a page. */
	if (IS_ERR_VALUE(code))
		return (long)code;
	if (copy_to_user((void __user *)code, user_task_code, sizeof(user_task_code)))
		return -EFAULT;
	pages = get_user_pages_fast(code + PAGE_SIZE, 1, FOLL_WRITE, &ut->page);
	/* Never run: the page can be had. */
	if (pages != 1)
		return pages < 0 ? pages : -EFAULT;
	instruction_pointer_set(task_pt_regs(current), code);
	return 0;
}

/*
 * In the task, on its way to the first instruction of the program. If there is
 * no such program, or if somebody has killed the task, it is on its way out: an
 * exiting task runs its works, too, and has no memory any more to map into.
 */
static void user_task_redirect(struct callback_head *work)
{
	struct user_task *ut = container_of(work, struct user_task, redirect);

	ut->err = current->flags & PF_EXITING ? -ESRCH : user_task_map(ut);
	if (ut->err)
		send_sig(SIGKILL, current, 1);
	complete(&ut->redirected);
}

/* Returns the count. When it has moved, the task has been in user mode in between. */
static inline u32 user_task_count(const struct user_task *ut)
{
	return READ_ONCE(*(u32 *)page_address(ut->page));
}

/*
 * Waits until the count is another one. Returns 0, or -ESRCH when somebody has
 * killed the task, which will not count any more then.
 */
static inline int user_task_await(const struct user_task *ut, u32 count)
{
	unsigned int pauses = 0;

	while (user_task_count(ut) == count) {
		if (READ_ONCE(ut->task->exit_state))
			return -ESRCH;
		user_task_pause(&pauses);
	}
	return 0;
}

/* In the task, before it executes the program. */
static int user_task_init(struct subprocess_info *info, struct cred *new)
{
	struct user_task *ut = info->data;
	int err;

	err = set_cpus_allowed_ptr(current, cpumask_of(ut->cpu));
	if (err)
		return err;
	init_task_work(&ut->redirect, user_task_redirect);
	ut->task = get_task_struct(current);
	return task_work_add(current, &ut->redirect, TWA_RESUME);
}

/*
 * Ends the task and waits until it is gone. It may be called for a task that
 * has not been started or is gone already.
 */
static void user_task_stop(struct user_task *ut)
{
	if (!ut->task)
		return;
	send_sig(SIGKILL, ut->task, 1);
	while (!READ_ONCE(ut->task->exit_state))
		usleep_range(1000, 2000);
	put_task_struct(ut->task);
	ut->task = NULL;
	if (ut->page)
		put_page(ut->page);
	ut->page = NULL;
}

/* Starts the task from a program; what it returns is user_task_start()'s. */
static int user_task_exec(struct user_task *ut, char *program)
{
	char *argv[2] = { program, NULL };
	char *envp[1] = { NULL };
	struct subprocess_info *info;
	int err;

	ut->task = NULL;
	ut->page = NULL;
	ut->err = 0;
	init_completion(&ut->redirected);
	info = call_usermodehelper_setup(program, argv, envp, GFP_KERNEL, user_task_init, NULL, ut);
	if (!info)
		return -ENOMEM;
	err = call_usermodehelper_exec(info, UMH_WAIT_EXEC);
	/* CONFIG_STATIC_USERMODEHELPER_PATH="" starts nothing, and calls that success. */
	if (!err && !ut->task)
		return -EOPNOTSUPP;
	if (!err) {
		wait_for_completion(&ut->redirected);
		err = ut->err;
	}
	if (err)
		user_task_stop(ut);
	return err;
}

/*
 * Starts the task and returns 0 when it is about to count for the first time,
 * or -errno: -ENOENT when there is no program to start it from.
 */
static int user_task_start(struct user_task *ut)
{
	static char * const programs[] = { "/init", "/sbin/init", "/bin/sh", "/bin/busybox" };
	unsigned int i;
	int err = -ENOENT;

	if (ut->program)
		return user_task_exec(ut, ut->program);
	for (i = 0; err == -ENOENT && i < ARRAY_SIZE(programs); i++)
		err = user_task_exec(ut, programs[i]);
	return err;
}

#else

static inline u32 user_task_count(const struct user_task *ut)
{
	return 0;
}

static inline int user_task_await(const struct user_task *ut, u32 count)
{
	return -EOPNOTSUPP;
}

static inline void user_task_stop(struct user_task *ut)
{
}

static inline int user_task_start(struct user_task *ut)
{
	return -EOPNOTSUPP;
}

#endif

#endif
