// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "guard.h"
#include "handshake.h"
#include "hook.h"
#include "peername.h"
#include "proc.h"
#include "release.h"
#include "sockopt.h"
#include "stats.h"
#include "store.h"
#include "targets.h"

/*
 * In the order of a connection's life backwards: nothing is learnt before it can
 * be forgotten.
 */
enum { RELEASE, PEERNAME_V4, PEERNAME_V6, HANDSHAKE_V4, HANDSHAKE_V6 };

static struct toa_hook hooks[] = {
	[RELEASE]      = { .name = "inet_sock_destruct" },
	[PEERNAME_V4]  = { .name = "inet_getname" },
	[PEERNAME_V6]  = { .name = "inet6_getname" },
	[HANDSHAKE_V4] = { .name = "tcp_v4_syn_recv_sock" },
	[HANDSHAKE_V6] = { .name = "tcp_v6_syn_recv_sock" },
};

static void __init connect_hook(struct toa_hook *hook, void *target, void *replacement)
{
	hook->target = target;
	hook->replacement = replacement;
}

static int __init hooks_init(void)
{
	int err = toa_targets_find();

	if (err)
		return err;
	connect_hook(&hooks[RELEASE], toa_targets.destruct, toa_release);
	connect_hook(&hooks[PEERNAME_V4], toa_targets.v4_getname, toa_peername_v4);
	connect_hook(&hooks[PEERNAME_V6], toa_targets.v6_getname, toa_peername_v6);
	connect_hook(&hooks[HANDSHAKE_V4], toa_targets.v4_syn_recv_sock, toa_handshake_v4);
	connect_hook(&hooks[HANDSHAKE_V6], toa_targets.v6_syn_recv_sock, toa_handshake_v6);
	return toa_hooks_install(hooks, ARRAY_SIZE(hooks));
}

static void hooks_exit(void)
{
	toa_hooks_remove(hooks, ARRAY_SIZE(hooks));
}

static int __init toa_init(void)
{
	int err = toa_store_init();

	if (err)
		return err;
	err = toa_stats_init();
	if (err)
		goto no_stats;
	/* Before the proc files: a second TOA module is refused here. */
	err = toa_sockopt_init();
	if (err)
		goto no_sockopt;
	err = toa_proc_init();
	if (err)
		goto no_proc;
	err = hooks_init();
	if (err)
		goto no_hooks;
	pr_info("toa load success\n");
	return 0;

no_hooks:
	toa_proc_exit();
no_proc:
	toa_sockopt_exit();
	toa_guard_wait();
no_sockopt:
	toa_stats_exit();
no_stats:
	toa_store_exit();
	return err;
}

static void __exit toa_exit(void)
{
	hooks_exit();
	toa_proc_exit();
	toa_sockopt_exit();
	toa_store_exit();
	toa_stats_exit();
	/* The vendor manual's words, which users search the log for. */
	printk(KERN_INFO "TOA unloaded\n");
}

module_init(toa_init);
module_exit(toa_exit);
MODULE_DESCRIPTION("TCP Option Address: the real client behind a layer-4 load balancer");
MODULE_VERSION("0.1.0");
MODULE_LICENSE("GPL");
