// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/kernel.h>

#include "compat/socket.h"
#include "release.h"
#include "store.h"

static bool called;

void toa_release(const struct sock *sk)
{
	if (unlikely(!READ_ONCE(called)))
		WRITE_ONCE(called, true);
	toa_store_remove(sk);
}

int toa_release_try(void)
{
	struct socket *sock;
	int err = toa_tcp_socket(PF_INET, &sock);

	if (err)
		return err;
	WRITE_ONCE(called, false);
	sock_release(sock);
	return READ_ONCE(called) ? 0 : -EOPNOTSUPP;
}

int toa_release_check(void)
{
	int err = toa_release_try();

	if (err == -EOPNOTSUPP)
		pr_err("the hooks are installed, but the kernel does not call them: set kernel.ftrace_enabled or debugfs/kprobes/enabled to 1\n");
	return err;
}
