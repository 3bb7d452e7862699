// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

#include "faults.h"
#include "hook.h"
#include "hooks.h"
#include "release.h"
#include "targets.h"

/*
 * Modules that patch the kernel's tables in place leave a function of their own there,
 * often of a similar name (inet_getname_toa): a hook on it would end with its module.
 * A compiler may add a suffix behind a dot, and IPv6 may be a module.
 */
static bool is_symbol(const char *symbol, const char *name)
{
	const char *rest = symbol + strlen(name);

	return !strncmp(symbol, name, strlen(name)) && (!*rest || *rest == '.' || !strcmp(rest, " [ipv6]"));
}

static bool is_the_kernels(enum toa_target target)
{
	const char *name = toa_target_names[target];
	char symbol[KSYM_SYMBOL_LEN];

	snprintf(symbol, sizeof(symbol), "%ps", toa_target_entry(&toa_targets, target));
	if (!IS_ENABLED(CONFIG_KALLSYMS) || is_symbol(symbol, name))
		return true;
	pr_err("%s has been replaced by %s: unload the module that did so first\n", name, symbol);
	return false;
}

static int install(enum toa_target target)
{
	int err;

	if (!toa_target_entry(&toa_targets, target))
		return 0;
	if (!is_the_kernels(target))
		return -EBUSY;
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
	int err = toa_targets_find();

	for (target = 0; !err && target < TOA_TARGETS; target++) {
		err = install(target);
		if (err)
			remove(target);
	}
	if (err)
		return err;
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
	pr_err("hooks is not for setting: it says how the module was built\n");
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
MODULE_PARM_DESC(hooks, "How functions are hooked: ftrace, or kprobe where the kernel has no better. For reading");
