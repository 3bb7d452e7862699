// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/in.h>
#include <linux/net.h>
#include <linux/printk.h>
#include <net/net_namespace.h>

#include "release.h"
#include "store.h"

static bool called;

void toa_release(const struct sock *sk)
{
	if (unlikely(!READ_ONCE(called)))
		WRITE_ONCE(called, true);
	toa_store_remove(sk);
}

int toa_release_check(void)
{
	struct socket *sock;
	int err = sock_create_kern(&init_net, PF_INET, SOCK_STREAM, IPPROTO_TCP, &sock);

	if (err)
		return err;
	sock_release(sock);
	if (READ_ONCE(called))
		return 0;
	pr_err("the hooks are in place, but this kernel's calls do not come through them\n");
	return -EOPNOTSUPP;
}
