// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * Simulates another vendor's TOA module that patches the kernel's table of socket calls
 * in place, with a function whose name begins with the kernel's.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/proc_fs.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/inet_common.h>		/* of old kernels: relies on others before it */

#include "getname.h"

static bool stats;
module_param(stats, bool, 0444);
MODULE_PARM_DESC(stats, "There is a /proc/net/toa_stats too");

static typeof(((struct proto_ops *)0)->getname) original;

static int inet_getname_patched(TOA_GETNAME_PARAMS)
{
	return original(TOA_GETNAME_ARGS);
}

/* The kernel's mapping of the table is read-only, so map it again. */
static int patch(typeof(original) getname)
{
	unsigned long entry = (unsigned long)&inet_stream_ops.getname;
	struct page *page = virt_to_page(__va(__pa_symbol(entry)));
	void *writable = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	if (!writable)
		return -ENOMEM;
	WRITE_ONCE(*(typeof(original) *)(writable + offset_in_page(entry)), getname);
	vunmap(writable);
	return 0;
}

static int __init patched_table_init(void)
{
	int err;

	/* A folder is enough. A second entry with the name would make the kernel warn. */
	if (stats && !proc_mkdir("toa_stats", init_net.proc_net))
		return -ENOMEM;
	original = inet_stream_ops.getname;
	err = patch(inet_getname_patched);
	if (err && stats)
		remove_proc_entry("toa_stats", init_net.proc_net);
	return err;
}

static void __exit patched_table_exit(void)
{
	patch(original);
	if (stats)
		remove_proc_entry("toa_stats", init_net.proc_net);
}

module_init(patched_table_init);
module_exit(patched_table_exit);
MODULE_DESCRIPTION("Another TOA module that patches tables");
MODULE_LICENSE("GPL");
