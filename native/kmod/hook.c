// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "compat/ftrace.h"
#include "compat/module_text.h"
#include "faults.h"
#include "hook.h"

static void notrace redirect(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
			     struct toa_ftrace_regs *regs)
{
	const struct toa_hook *hook = container_of(ops, struct toa_hook, ops);

	if (!toa_module_text_contains(parent_ip))
		toa_ftrace_set_ip(regs, (unsigned long)hook->replacement);
}

/*
 * Modules that patch the kernel's tables in place leave a function of their own there:
 * hooking that would end with them.
 */
static bool is_the_kernels(const struct toa_hook *hook)
{
	char symbol[KSYM_SYMBOL_LEN];

	snprintf(symbol, sizeof(symbol), "%ps", hook->target);
	if (!IS_ENABLED(CONFIG_KALLSYMS) || !strncmp(symbol, hook->name, strlen(hook->name)))
		return true;
	pr_err("%s has been replaced by %s: unload the module that did so first\n", hook->name,
	       symbol);
	return false;
}

static int install(struct toa_hook *hook)
{
	int err;

	if (!is_the_kernels(hook))
		return -EBUSY;
	hook->ops.func = redirect;
	hook->ops.flags = FTRACE_OPS_FL_IPMODIFY | TOA_FTRACE_FLAGS;
	err = toa_fault_at(hook->name);
	if (!err)
		err = ftrace_set_filter_ip(&hook->ops, (unsigned long)hook->target, 0, 0);
	if (!err)
		err = register_ftrace_function(&hook->ops);
	if (!err)
		return 0;

	toa_ftrace_clear_filter(&hook->ops);
	switch (err) {
	case -EBUSY:
		pr_err("cannot hook %s: a livepatch or another module holds it, or kernel.ftrace_enabled is 0\n",
		       hook->name);
		break;
	default:
		pr_err("cannot hook %s: error %d\n", hook->name, err);
	}
	return err;
}

int toa_hooks_install(struct toa_hook *hooks, unsigned int count)
{
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		err = hooks[i].target ? install(&hooks[i]) : 0;
		if (err) {
			toa_hooks_remove(hooks, i);
			return err;
		}
	}
	return 0;
}

void toa_hooks_remove(struct toa_hook *hooks, unsigned int count)
{
	while (count--) {
		if (!hooks[count].target)
			continue;
		unregister_ftrace_function(&hooks[count].ops);
		toa_ftrace_clear_filter(&hooks[count].ops);
	}
}
