// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stands for another vendor's TOA module that patches the kernel's table of socket calls
 * in place, and names its function after the kernel's.
 */
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/net.h>
#include <linux/vmalloc.h>
#include <net/inet_common.h>

static typeof(((struct proto_ops *)0)->getname) original;

static int inet_getname_patched(struct socket *sock, struct sockaddr *addr, int peer)
{
	return original(sock, addr, peer);
}

/* The table is read-only where the kernel looks at it; here it is mapped once more. */
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
	original = inet_stream_ops.getname;
	return patch(inet_getname_patched);
}

static void __exit patched_table_exit(void)
{
	patch(original);
}

module_init(patched_table_init);
module_exit(patched_table_exit);
MODULE_DESCRIPTION("Another TOA module that patches tables");
MODULE_LICENSE("GPL");
