// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/kernel.h>

#include "compat/moduleparam.h"
#include "faults.h"
#include "hook.h"
#include "hooks.h"
#include "release.h"
#include "targets.h"

static int install(enum toa_target target)
{
	int err;

	if (!toa_target_entry(&toa_targets, target))
		return 0;
	err = toa_fault_at(toa_target_names[target]);
	return err ? err : toa_hook_way.place(target);
}

static void remove(unsigned int count)
{
	while (count--)
		if (toa_target_entry(&toa_targets, count))
			toa_hook_way.lift(count);
}

int toa_hooks_init(void)
{
	enum toa_target target;
	int err;

	for (target = 0; target < TOA_TARGETS; target++) {
		err = install(target);
		if (err) {
			remove(target);
			return err;
		}
	}
	err = toa_release_check();
	if (err)
		remove(TOA_TARGETS);
	else if (toa_hook_way.warn)
		toa_hook_way.warn();
	return err;
}

void toa_hooks_exit(void)
{
	remove(TOA_TARGETS);
}

static int way_set(const char *value, const struct kernel_param *kp)
{
	pr_err("hooks is read-only: it shows how the module was built\n");
	return -EPERM;
}

static int way_get(char *buffer, const struct kernel_param *kp)
{
	return sprintf(buffer, "%s\n", toa_hook_way.name);
}

static const struct kernel_param_ops way_ops = {
	.set = way_set,
	.get = way_get,
};

module_param_cb(hooks, &way_ops, NULL, 0444);
MODULE_PARM_DESC(hooks,
		 "How functions are hooked: ftrace, or kprobe if the kernel does not support hooks with ftrace (read-only)");
