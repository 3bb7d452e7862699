// SPDX-License-Identifier: MIT OR GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include "compat/moduleparam.h"
#include "compat/watchdog.h"
#include "faults.h"
#include "settings.h"
#include "steps.h"

struct toa_settings toa_settings = {
	.debug = IS_ENABLED(TOA_DEBUG),
};

module_param_named(nat64_getpeername, toa_settings.nat64_getpeername, bool, 0644);
MODULE_PARM_DESC(nat64_getpeername,
		 "accept and getpeername return the IPv6 client of NAT64 on dual-mode sockets too (default: N)");
module_param_named(syn, toa_settings.syn, bool, 0644);
MODULE_PARM_DESC(syn,
		 "Read TOA options on the SYN too, if the SYN was saved (TCP_SAVE_SYN) or is the only segment of the handshake (default: N)");
module_param_named(debug, toa_settings.debug, bool, 0644);
MODULE_PARM_DESC(debug,
		 "Log one line for each connection with a TOA option (default: N, or Y if built with DEBUG=1)");

/*
 * In order: each may use what those before it have set up. The steps after the guard let
 * callers into this module's text; on the way out, the guard waits until they have left.
 */
static const struct toa_step {
	const char *name;
	int (*init)(void);
	void (*exit)(void);
} toa_steps[] = {
	/* First: beside a module that patches tables, nothing of ours is registered. */
	{ "targets", toa_targets_init, NULL },
	{ "formats", toa_formats_init, NULL },
	{ "store", toa_store_init, toa_store_exit },
	{ "counters", toa_counters_init, toa_counters_exit },
	{ "guard", NULL, toa_guard_exit },
	/* Before the proc files: a second TOA module is refused here, not there with a warning. */
	{ "sockopt", toa_sockopt_init, toa_sockopt_exit },
	{ "proc", toa_proc_init, toa_proc_exit },
	{ "hooks", toa_hooks_init, toa_hooks_exit },
	{ "watchdog", toa_watchdog_init, toa_watchdog_exit },
};

static void toa_undo(unsigned int count)
{
	/*
	 * A program that the socket options no longer answer takes the name for the transport
	 * peer, and checks it against its trusted networks: names are the kernel's before that.
	 * Both before the hooks: without them, no address is forgotten, so none is given out.
	 */
	toa_getname_close();
	toa_sockopt_exit();
	while (count--)
		if (toa_steps[count].exit)
			toa_steps[count].exit();
}

static int __init toa_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(toa_steps); i++) {
		int err = toa_fault_at(toa_steps[i].name);

		if (!err && toa_steps[i].init)
			err = toa_steps[i].init();
		if (err) {
			pr_err("not loaded: %s failed with error %d\n", toa_steps[i].name, err);
			toa_undo(i);
			return err;
		}
	}
	if (toa_trust_is_any())
		pr_warn("trusted=any: TOA options from any source are accepted\n");
	toa_handshake_warn();
	pr_info("toa load success\n");
	return 0;
}

static void __exit toa_exit(void)
{
	toa_undo(ARRAY_SIZE(toa_steps));
	/* The vendor manual's words, which users search the log for. */
	printk(KERN_INFO "TOA unloaded\n");
}

module_init(toa_init);
module_exit(toa_exit);
MODULE_DESCRIPTION("TCP Option Address: the real client behind a layer-4 load balancer");
MODULE_VERSION(TOA_VERSION);
MODULE_AUTHOR("Toa contributors");
MODULE_LICENSE("Dual MIT/GPL");
