// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>

#include "compat/moduleparam.h"
#include "compat/socket.h"
#include "faults.h"
#include "hook.h"
#include "hooks.h"
#include "stats.h"
#include "store.h"
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

bool toa_release_seen;

void toa_release(const struct sock *sk)
{
	if (unlikely(!READ_ONCE(toa_release_seen)))
		WRITE_ONCE(toa_release_seen, true);
	toa_store_remove(sk);
}

/* Whether calls come in: 0, -EOPNOTSUPP if they do not, or why nothing could be tried. */
static int try_release(void)
{
	struct socket *sock;
	int err = toa_tcp_socket(PF_INET, &sock);

	if (err)
		return err;
	WRITE_ONCE(toa_release_seen, false);
	sock_release(sock);
	return READ_ONCE(toa_release_seen) ? 0 : -EOPNOTSUPP;
}

static int check_release(void)
{
	int err = try_release();

	if (err == -EOPNOTSUPP)
		pr_err("the hooks are installed, but the kernel does not call them: set kernel.ftrace_enabled or debugfs/kprobes/enabled to 1\n");
	return err;
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
	err = check_release();
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
	int err = try_release();

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
