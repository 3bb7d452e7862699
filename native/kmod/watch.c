// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "faults.h"
#include "hook.h"
#include "release.h"
#include "stats.h"
#include "targets.h"
#include "watch.h"

/*
 * While the hooks are silent, connections are served without an address, and addresses
 * outlive their sockets. They are not taken for those of another connection, as each
 * answer is checked against the addresses and ports that it was stored for. They go once
 * the hooks are back, with the next socket at the same place in memory, or with the module.
 */
static bool silent;
static enum toa_target replaced = TOA_TARGETS;

static void look_for_silence(void)
{
	int err = toa_release_try();

	/* Without memory for a socket, nothing is known. */
	if (err && err != -EOPNOTSUPP)
		return;
	if (err)
		toa_count(&init_net, TOA_MIB_HOOKS_SILENT);
	if (silent == !!err)
		return;
	silent = err;
	if (silent)
		pr_err("the hooks are no longer called, so new connections get no client address: set kernel.ftrace_enabled or debugfs/kprobes/enabled to 1\n");
	else
		pr_warn("the hooks are called again: connections that were accepted in between have no client address\n");
}

/* A function that no socket points at is not called, and neither is the hook on it. */
static void look_for_replacements(void)
{
	void *replacement;
	enum toa_target target = toa_target_replaced(&replacement);

	if (target != TOA_TARGETS)
		toa_count(&init_net, TOA_MIB_HOOKS_SILENT);
	if (target == replaced)
		return;
	replaced = target;
	if (target != TOA_TARGETS)
		pr_err("%s was replaced by %ps, so the hook on it is no longer called: unload the module that replaced it\n",
		       toa_target_names[target], replacement);
	else
		pr_warn("the kernel's own functions are called again: connections that were accepted in between have no client address\n");
}

static void watch(struct work_struct *work)
{
	if (toa_hook_way.switchable())
		look_for_silence();
	look_for_replacements();
	schedule_delayed_work(to_delayed_work(work), toa_fault_switchable() ? HZ : 60 * HZ);
}

static DECLARE_DELAYED_WORK(watch_work, watch);

int toa_watch_init(void)
{
	schedule_delayed_work(&watch_work, 0);
	return 0;
}

void toa_watch_exit(void)
{
	cancel_delayed_work_sync(&watch_work);
}
