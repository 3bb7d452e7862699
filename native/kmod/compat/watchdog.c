// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * While the hooks are off, connections are served without an address, and addresses outlive their
 * sockets. They are not taken for those of another connection, as each answer is checked against
 * the addresses and ports that it was stored for. They go once the hooks are back, with the next
 * socket at the same place in memory, or with the module.
 */
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "../counters.h"
#include "../faults.h"
#include "../steps.h"
#include "../targets.h"
#include "watchdog.h"

static bool toa_watchdog_silent;
static enum toa_target toa_watchdog_replaced = TOA_TARGETS;

static void toa_watchdog_look_for_silence(void)
{
	int err = toa_hooks_check(PF_INET);

	/* Without memory for a socket, nothing is known. */
	if (err && err != -EOPNOTSUPP)
		return;
	if (err)
		toa_counters_add_net(&init_net, TOA_MIB_HOOKS_SILENT);
	if (toa_watchdog_silent == !!err)
		return;
	toa_watchdog_silent = err;
	if (toa_watchdog_silent)
		pr_err("the hooks are no longer called, so new connections get no client address: set kernel.ftrace_enabled to 1\n");
	else
		pr_warn("the hooks are called again: connections that were accepted in between have no client address\n");
}

/* A function that no socket points at is not called, and neither is the hook on it. */
static void toa_watchdog_look_for_replacements(void)
{
	void *replacement;
	enum toa_target target = toa_targets_replaced(&replacement);

	if (target != TOA_TARGETS)
		toa_counters_add_net(&init_net, TOA_MIB_HOOKS_SILENT);
	if (target == toa_watchdog_replaced)
		return;
	toa_watchdog_replaced = target;
	if (target != TOA_TARGETS)
		pr_err("%s was replaced by %ps, so the hook on it is no longer called: unload the module that replaced it\n",
		       toa_targets_names[target], replacement);
	else
		pr_warn("the kernel's own functions are called again: connections that were accepted in between have no client address\n");
}

static void toa_watchdog_look(struct work_struct *work)
{
	toa_watchdog_look_for_silence();
	toa_watchdog_look_for_replacements();
	schedule_delayed_work(to_delayed_work(work), toa_fault_switchable() ? HZ : 60 * HZ);
}

static DECLARE_DELAYED_WORK(toa_watchdog_work, toa_watchdog_look);

int toa_watchdog_init(void)
{
	schedule_delayed_work(&toa_watchdog_work, 0);
	return 0;
}

void toa_watchdog_exit(void)
{
	cancel_delayed_work_sync(&toa_watchdog_work);
}
