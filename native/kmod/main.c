// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "faults.h"
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
#include "trust.h"

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

static void connect_hook(struct toa_hook *hook, void *target, void *replacement)
{
	hook->target = target;
	hook->replacement = replacement;
}

static int hooks_init(void)
{
	int err = toa_targets_find();

	if (err)
		return err;
	connect_hook(&hooks[RELEASE], toa_targets.destruct, toa_release);
	connect_hook(&hooks[PEERNAME_V4], toa_targets.v4_getname, toa_peername_v4);
	connect_hook(&hooks[PEERNAME_V6], toa_targets.v6_getname, toa_peername_v6);
	connect_hook(&hooks[HANDSHAKE_V4], toa_targets.v4_syn_recv_sock, toa_handshake_v4);
	connect_hook(&hooks[HANDSHAKE_V6], toa_targets.v6_syn_recv_sock, toa_handshake_v6);
	err = toa_hooks_install(hooks, ARRAY_SIZE(hooks));
	if (err)
		return err;
	err = toa_release_check();
	if (err)
		toa_hooks_remove(hooks, ARRAY_SIZE(hooks));
	return err;
}

static void hooks_exit(void)
{
	toa_hooks_remove(hooks, ARRAY_SIZE(hooks));
}

/*
 * In order: each may use what those before it have set up. What stands behind the
 * guard lets others into this module's code; on the way out, the guard waits for them
 * before the ground goes from under their feet.
 */
static const struct toa_step {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
} steps[] = {
	{ "store", toa_store_init, toa_store_exit },
	{ "stats", toa_stats_init, toa_stats_exit },
	{ "guard", NULL, toa_guard_exit },
	/* Before the proc files: a second TOA module is refused here, not there with a warning. */
	{ "sockopt", toa_sockopt_init, toa_sockopt_exit },
	{ "proc", toa_proc_init, toa_proc_exit },
	{ "hooks", hooks_init, hooks_exit },
};

static void undo(unsigned int count)
{
	while (count--)
		steps[count].exit();
}

static int __init toa_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		int err = toa_fault_at(steps[i].name);

		if (!err && steps[i].init)
			err = steps[i].init();
		if (err) {
			pr_err("not loaded: %s failed with error %d\n", steps[i].name, err);
			undo(i);
			return err;
		}
	}
	if (toa_trust_is_empty())
		pr_warn("trusted= is empty: an address is believed whoever sends it\n");
	pr_info("toa load success\n");
	return 0;
}

static void __exit toa_exit(void)
{
	undo(ARRAY_SIZE(steps));
	/* The vendor manual's words, which users search the log for. */
	printk(KERN_INFO "TOA unloaded\n");
}

module_init(toa_init);
module_exit(toa_exit);
MODULE_DESCRIPTION("TCP Option Address: the real client behind a layer-4 load balancer");
MODULE_VERSION("0.1.0");
MODULE_LICENSE("GPL");
