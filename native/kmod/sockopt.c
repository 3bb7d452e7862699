// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/uaccess.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>

#include "toa.h"

#include "guard.h"
#include "sockopt.h"
#include "stats.h"
#include "store.h"

/* As getpeername sees it. */
static bool connected(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP &&
	       inet_sk(sk)->inet_dport &&
	       !((1 << READ_ONCE(sk->sk_state)) & (TCPF_CLOSE | TCPF_SYN_SENT));
}

static int get_lookup(struct sock *sk, void __user *user, int *len)
{
	struct toa_nat64_peer answer;
	struct toa_client client;

	if (*len < (int)sizeof(answer))
		return -EINVAL;
	if (!connected(sk))
		return -ENOTCONN;
	if (!toa_store_get(sk, &client)) {
		toa_count(sock_net(sk), TOA_MIB_GETNAME_TOA_EMPTY);
		return -EINVAL;
	}
	if (client.ipv4) {
		toa_count(sock_net(sk), TOA_MIB_GETNAME_TOA_MISMATCH);
		return -EFAULT;
	}

	memset(&answer, 0, sizeof(answer));	/* the padding goes to userspace too */
	answer.saddr = client.addr;
	answer.sport = client.port;
	if (copy_to_user(user, &answer, sizeof(answer)))
		return -EFAULT;
	*len = sizeof(answer);
	toa_count(sock_net(sk), TOA_MIB_GETNAME_TOA_OK);
	return 0;
}

/*
 * Netfilter holds the module meanwhile, but that does not stop a load that fails
 * half-way: hence the guard.
 */
static int get(struct sock *sk, int option, void __user *user, int *len)
{
	int token = toa_guard_enter();
	int err = -ENOPROTOOPT;

	if (option == TOA_SO_GET_LOOKUP)
		err = get_lookup(sk, user, len);
	toa_guard_leave(token);
	return err;
}

static struct nf_sockopt_ops sockopt_ops = {
	.pf = PF_INET,
	.get_optmin = TOA_SO_GET_LOOKUP,
	.get_optmax = TOA_SO_MAX + 1,
	.get = get,
	.owner = THIS_MODULE,
};

int toa_sockopt_init(void)
{
	int err = nf_register_sockopt(&sockopt_ops);

	if (err == -EBUSY)
		pr_err("another module answers socket option %d: unload that TOA module first\n",
		       TOA_SO_GET_LOOKUP);
	return err;
}

void toa_sockopt_exit(void)
{
	nf_unregister_sockopt(&sockopt_ops);
}
