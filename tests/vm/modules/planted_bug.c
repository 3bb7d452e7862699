// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Contains bugs, and triggers one of them: insmod planted_bug.ko bug=NAME. Unless the
 * debug kernel reports them, its silence about toa.ko proves nothing.
 */
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/workqueue.h>

static char *bug = "";
module_param(bug, charp, 0444);

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);

static void lock_order(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);

	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
}

static void atomic_sleep(void)
{
	preempt_disable();
	might_sleep();
	preempt_enable();
}

static void unlocked_rcu(void)
{
	static int __rcu *pointer;

	WARN_ON(rcu_dereference(pointer));
}

static void double_list_add(void)
{
	LIST_HEAD(head);
	LIST_HEAD(entry);

	list_add(&entry, &head);
	list_add(&entry, &head);
}

static void work(struct work_struct *unused)
{
}

static void free_waiting_work(void)
{
	struct delayed_work *waiting = kmalloc(sizeof(*waiting), GFP_KERNEL);

	if (!waiting)
		return;
	INIT_DELAYED_WORK(waiting, work);
	schedule_delayed_work(waiting, 60 * HZ);
	kfree(waiting);
}

static void wide_shift(void)
{
	int bits = 40;
	int shifted;

	OPTIMIZER_HIDE_VAR(bits);
	shifted = 1 << bits;
	OPTIMIZER_HIDE_VAR(shifted);
}

static void leak(void)
{
	int i;

	/* A register may still contain the last pointer. */
	for (i = 0; i < 10; i++) {
		void *lost = kmalloc(64, GFP_KERNEL);

		OPTIMIZER_HIDE_VAR(lost);
	}
}

static void use_after_free(void)
{
	char *memory = kmalloc(64, GFP_KERNEL);

	kfree(memory);
	OPTIMIZER_HIDE_VAR(memory);
	if (memory)
		READ_ONCE(memory[8]);
}

static const struct {
	const char *name;
	void (*commit)(void);
} bugs[] = {
	{ "lock_order", lock_order },
	{ "atomic_sleep", atomic_sleep },
	{ "unlocked_rcu", unlocked_rcu },
	{ "double_list_add", double_list_add },
	{ "free_waiting_work", free_waiting_work },
	{ "wide_shift", wide_shift },
	{ "leak", leak },
	{ "use_after_free", use_after_free },
};

static int __init planted_bug_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bugs[i].name, bug)) {
			bugs[i].commit();
			return 0;
		}
	}
	return -EINVAL;
}

static void __exit planted_bug_exit(void)
{
}

module_init(planted_bug_init);
module_exit(planted_bug_exit);
MODULE_DESCRIPTION("Bugs on purpose");
MODULE_LICENSE("GPL");
