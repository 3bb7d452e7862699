// SPDX-License-Identifier: GPL-2.0-only
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

#include "../counters.h"
#include "../faults.h"
#include "../targets.h"
#include "socket.h"
#include "watchdog.h"

bool toa_watchdog_saw_end;

static bool toa_watchdog_silent;
static enum toa_target toa_watchdog_replaced = TOA_TARGETS;

/*
 * Whether the hooks are called: 0, -EOPNOTSUPP if they are not, or why nothing could be tried.
 * One stands for all: ftrace switches them off together.
 */
static int toa_watchdog_try(void)
{
	struct socket *sock;
	int err = toa_socket_create(PF_INET, &sock);

	if (err)
		return err;
	WRITE_ONCE(toa_watchdog_saw_end, false);
	sock_release(sock);
	return READ_ONCE(toa_watchdog_saw_end) ? 0 : -EOPNOTSUPP;
}

static void toa_watchdog_look_for_silence(void)
{
	int err = toa_watchdog_try();

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
	int err = toa_watchdog_try();

	if (err == -EOPNOTSUPP)
		pr_err("the hooks are installed, but the kernel does not call them: set kernel.ftrace_enabled to 1\n");
	if (!err)
		schedule_delayed_work(&toa_watchdog_work, 0);
	return err;
}

void toa_watchdog_exit(void)
{
	cancel_delayed_work_sync(&toa_watchdog_work);
}
