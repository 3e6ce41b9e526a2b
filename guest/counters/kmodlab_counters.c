// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmodlab_counters - reads which lines of other modules were run
 *
 * A compiler that is asked for coverage (-fprofile-arcs) puts counters into a
 * module's data, and structures that describe them, struct gcov_info. Kernels
 * with CONFIG_GCOV_KERNEL collect those. Debian's have neither that nor
 * CONFIG_CONSTRUCTORS, by which the structures would announce themselves. So
 * the harness has pointers to them put into a section of its own
 * (-fprofile-info-section), marks where that begins and ends by two symbols,
 * and this module looks for the symbols in each module that comes.
 *
 * /sys/kernel/debug/kmodlab_counters holds the counters of all of them: of a
 * module that is there, or that died, as they are; of one that went, as they
 * were when it had gone through its exit function, or its failing init
 * function. The kernel says MODULE_STATE_GOING after both, and before it frees
 * the memory (free_module(), load_module(), delete_module() in
 * kernel/module.c of 5.10, kernel/module/main.c of 6.1, 6.12 and 7.3).
 *
 * It prints nothing: the log belongs to the modules.
 */

#include <linux/debugfs.h>
#include <linux/init.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>

/*
 * How many kinds of counters the compiler knows, and what else its structures
 * hold: as in kernel/gcov/gcc_4_7.c of 7.3. The modules are compiled by the
 * compiler that this one is compiled by.
 */
#if !defined(__GNUC__) || defined(__clang__) || __GNUC__ < 12
#error "the counters of this compiler are not known"
#elif __GNUC__ >= 15
#define KINDS 10
#elif __GNUC__ == 14
#define KINDS 9
#else
#define KINDS 8
#endif

struct gcov_ctr_info {
	unsigned int num;
	u64 *values;
};

struct gcov_fn_info {
	const struct gcov_info *key;
	unsigned int ident;
	unsigned int lineno_checksum;
	unsigned int cfg_checksum;
	struct gcov_ctr_info arcs; /* no other kind was asked for */
};

struct gcov_info {
	unsigned int version;
	struct gcov_info *next;
	unsigned int stamp;
	unsigned int checksum;
	const char *filename;
	void *merge[KINDS];
	unsigned int n_functions;
	struct gcov_fn_info **functions;
};

/* A module that has counters. */
struct subject {
	struct list_head list;
	char name[MODULE_NAME_LEN];
	struct module *mod; /* NULL when it is gone */
	struct gcov_info **begin, **end;
	char *text; /* what is to be said of one that is gone; NULL for want of memory */
};

static LIST_HEAD(subjects);
static DEFINE_MUTEX(subjects_lock); /* while it is held, no subject goes */
static struct dentry *file;

static void show_function(struct seq_file *m, const struct gcov_fn_info *f)
{
	unsigned int i;

	seq_printf(m, "function %08x %08x %08x", f->ident, f->lineno_checksum, f->cfg_checksum);
	for (i = 0; i < f->arcs.num; i++)
		seq_printf(m, " %llu", READ_ONCE(f->arcs.values[i]));
	seq_putc(m, '\n');
}

/* Shows the counters of a subject, whose memory is there. */
static void show_counters(struct seq_file *m, const struct subject *s)
{
	struct gcov_info **p;
	unsigned int i;

	seq_printf(m, "module %s\n", s->name);
	for (p = s->begin; p < s->end; p++) {
		const struct gcov_info *info = *p;

		seq_printf(m, "object %08x %s\n", info->stamp, info->filename);
		for (i = 0; i < info->n_functions; i++) {
			const struct gcov_fn_info *f = info->functions[i];

			if (f && f->key == info) /* or it is another object's */
				show_function(m, f);
		}
	}
}

/* Returns that as a text of its own, or NULL. */
static char *keep_counters(const struct subject *s)
{
	struct seq_file m = {}; /* which nobody opened */

	for (m.size = PAGE_SIZE; ; m.size *= 2) {
		m.buf = kvmalloc(m.size, GFP_KERNEL);
		if (!m.buf)
			return NULL;
		m.count = 0;
		show_counters(&m, s);
		seq_putc(&m, '\0');
		if (!seq_has_overflowed(&m))
			return m.buf;
		kvfree(m.buf);
	}
}

static int kmodlab_counters_show(struct seq_file *m, void *unused)
{
	struct subject *s;

	mutex_lock(&subjects_lock);
	list_for_each_entry(s, &subjects, list) {
		if (s->mod)
			show_counters(m, s);
		else if (s->text)
			seq_puts(m, s->text);
		else
			seq_printf(m, "lost %s\n", s->name);
	}
	mutex_unlock(&subjects_lock);
	seq_puts(m, "end\n");
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(kmodlab_counters);

/*
 * Returns the address of a symbol of a module that is coming. Until its init
 * function has run, the kernel keeps the whole table of its symbols, with or
 * without CONFIG_KALLSYMS_ALL.
 */
static void *symbol(struct module *mod, const char *name)
{
	const struct mod_kallsyms *all = rcu_dereference_protected(mod->kallsyms, 1);
	unsigned int i;

	for (i = 0; i < all->num_symtab; i++)
		if (!strcmp(all->strtab + all->symtab[i].st_name, name))
			return (void *)kallsyms_symbol_value(&all->symtab[i]);
	return NULL;
}

static void comes(struct module *mod)
{
	void *begin = symbol(mod, "kmodlab_counters_begin");
	void *end = symbol(mod, "kmodlab_counters_end");
	struct subject *s;

	if (!begin || !end)
		return;
	s = kzalloc(sizeof(*s), GFP_KERNEL);
	if (!s)
		return;
	strscpy(s->name, mod->name, sizeof(s->name));
	s->mod = mod;
	s->begin = begin;
	s->end = end;
	mutex_lock(&subjects_lock);
	list_add_tail(&s->list, &subjects);
	mutex_unlock(&subjects_lock);
}

static void goes(struct module *mod)
{
	struct subject *s;

	mutex_lock(&subjects_lock);
	list_for_each_entry(s, &subjects, list) {
		if (s->mod == mod) {
			s->text = keep_counters(s);
			s->mod = NULL;
		}
	}
	mutex_unlock(&subjects_lock);
}

static int module_event(struct notifier_block *nb, unsigned long state, void *data)
{
	if (state == MODULE_STATE_COMING)
		comes(data);
	else if (state == MODULE_STATE_GOING)
		goes(data);
	return NOTIFY_DONE;
}

/* After everybody else, so that it sees of a module what the others had it do. */
static struct notifier_block module_block = {
	.notifier_call = module_event,
	.priority = INT_MIN,
};

static int __init kmodlab_counters_init(void)
{
	int err = register_module_notifier(&module_block);

	if (err)
		return err;
	file = debugfs_create_file("kmodlab_counters", 0400, NULL, NULL, &kmodlab_counters_fops);
	return 0;
}

static void __exit kmodlab_counters_exit(void)
{
	struct subject *s, *next;

	debugfs_remove(file);
	unregister_module_notifier(&module_block);
	list_for_each_entry_safe(s, next, &subjects, list) {
		kvfree(s->text);
		kfree(s);
	}
}

module_init(kmodlab_counters_init);
module_exit(kmodlab_counters_exit);

MODULE_AUTHOR("The kmodlab authors");
MODULE_DESCRIPTION("Reads which lines of other modules were run");
MODULE_LICENSE("GPL");
