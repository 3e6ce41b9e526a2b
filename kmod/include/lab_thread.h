/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_thread.h - a second thread for lessons about what happens at once
 *
 * A kernel thread that runs one function of the module and then waits to be
 * stopped: a thread that ended by itself could still be in the module's code
 * when that is freed.
 *
 * lab_task_blocked() tells whether it sleeps in the kernel until somebody
 * lets it go on (state D, uninterruptible). With it a lesson can say "it has to
 * wait" as a fact, without a clock.
 */
#ifndef KMODLAB_LAB_THREAD_H
#define KMODLAB_LAB_THREAD_H

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/sched.h>

struct lab_thread {
	void (*run)(void *data);
	void *data;
	struct completion over;		/* run() has returned */
	struct task_struct *task;
};

static int lab_thread_main(void *arg)
{
	struct lab_thread *t = arg;

	t->run(t->data);
	complete(&t->over);
	set_current_state(TASK_INTERRUPTIBLE);
	while (!kthread_should_stop()) {
		schedule();
		set_current_state(TASK_INTERRUPTIBLE);
	}
	__set_current_state(TASK_RUNNING);
	return 0;
}

/**
 * lab_thread_start() - run a function of the module in a thread
 * @t: the thread, whose memory must stay until lab_thread_finish()
 * @run: the function
 * @data: its argument
 * @cpu: the CPU that it is bound to, -1 for any
 *
 * Return: 0, or the errno of kthread_create().
 */
static int lab_thread_start(struct lab_thread *t, void (*run)(void *data), void *data, int cpu)
{
	t->run = run;
	t->data = data;
	init_completion(&t->over);
	t->task = kthread_create(lab_thread_main, t, "%s", KBUILD_MODNAME);
	if (IS_ERR(t->task))
		return PTR_ERR(t->task);
	if (cpu >= 0)
		kthread_bind(t->task, cpu);
	wake_up_process(t->task);
	return 0;
}

/**
 * lab_thread_finish() - wait until the function has returned, and end the thread
 * @t: a thread that was started
 */
static void lab_thread_finish(struct lab_thread *t)
{
	wait_for_completion(&t->over);
	kthread_stop(t->task);
}

/**
 * lab_task_blocked() - does the task sleep until somebody lets it go on?
 * @task: the task of a thread that was started
 *
 * Return: true if it is in state D.
 */
static inline bool lab_task_blocked(struct task_struct *task)
{
	return task_state_to_char(task) == 'D';
}

#endif /* KMODLAB_LAB_THREAD_H */
