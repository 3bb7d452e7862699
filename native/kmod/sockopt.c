// SPDX-License-Identifier: MIT OR GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/uaccess.h>
#include <net/inet_sock.h>
#include <net/tcp_states.h>

#include "toa.h"

#include "counters.h"
#include "flow.h"
#include "guard.h"
#include "settings.h"
#include "steps.h"
#include "store.h"

/* As getpeername sees it. */
static bool toa_sockopt_is_connected(const struct sock *sk)
{
	return sk->sk_type == SOCK_STREAM && sk->sk_protocol == IPPROTO_TCP &&
	       inet_sk(sk)->inet_dport &&
	       !((1 << READ_ONCE(sk->sk_state)) & (TCPF_CLOSE | TCPF_SYN_SENT));
}

/*
 * Waiting for a page can take as long as the process likes that provides it (userfaultfd,
 * FUSE). Whoever waits holds a reference, so that rmmod is refused, and not held up. Nobody
 * else does: two atomic operations on one cache line would cost more than the rest of a call.
 *
 * Inline, because the kernel checks less about an answer whose size the compiler knows.
 */
static __always_inline int toa_sockopt_copy_answer(void __user *user, const void *answer, int size)
{
	unsigned long left;

	pagefault_disable();
	left = copy_to_user(user, answer, size);
	pagefault_enable();
	if (!left)
		return 0;
	/* Unload has begun, and answers no more. Whoever reads that may ask for the name next. */
	if (!try_module_get(THIS_MODULE)) {
		toa_getname_close();
		return -ENOPROTOOPT;
	}
	left = copy_to_user(user, answer, size);
	module_put(THIS_MODULE);
	return left ? -EFAULT : 0;
}

static int toa_sockopt_get_lookup(struct sock *sk, void __user *user, int *len)
{
	const struct toa_connection *connection;
	struct toa_nat64_peer answer;
	int err;

	if (*len < (int)sizeof(answer))
		return -EINVAL;
	if (!toa_sockopt_is_connected(sk))
		return -ENOTCONN;
	connection = toa_store_get(sk);
	if (!connection) {
		toa_counters_add_net(sock_net(sk), TOA_MIB_GETNAME_TOA_EMPTY);
		return -EINVAL;
	}
	if (connection->client.ipv4) {
		toa_counters_add(toa_store_counters(connection, sk), TOA_MIB_GETNAME_TOA_MISMATCH);
		return -EFAULT;
	}

	memset(&answer, 0, sizeof(answer));	/* the padding goes to userspace too */
	answer.saddr = connection->client.addr;
	answer.sport = connection->client.port;
	err = toa_sockopt_copy_answer(user, &answer, sizeof(answer));
	if (err)
		return err;
	*len = sizeof(answer);
	toa_counters_add(toa_store_counters(connection, sk), TOA_MIB_GETNAME_TOA_OK);
	return 0;
}

static int toa_sockopt_get_info(struct sock *sk, void __user *user, int *len)
{
	const struct toa_connection *connection;
	struct toa_info info = { 0 };
	struct toa_endpoint peer;
	struct toa_flow flow;

	if (*len < 0)
		return -EINVAL;
	if (!toa_sockopt_is_connected(sk))
		return -ENOTCONN;
	toa_flow_read(&flow, sk);
	peer = toa_flow_peer(&flow);
	info.peer = peer.addr;
	info.peer_port = peer.port;
	connection = toa_store_get(sk);
	if (connection) {
		info.kind = connection->client.kind;
		info.length = toa_formats_layout(connection->client.format)->length;
		info.format = connection->client.format;
		info.client = connection->client.addr;
		info.client_port = connection->client.port;
		info.virtual_addr = connection->client.virtual_addr;
		info.virtual_port = connection->client.virtual_port;
		info.network_id = connection->client.network_id;
	}

	*len = min_t(int, *len, sizeof(info));
	return toa_sockopt_copy_answer(user, &info, *len);
}

static int toa_sockopt_get(struct sock *sk, int option, void __user *user, int *len)
{
	int err;

	toa_guard_enter();
	switch (option) {
	case TOA_SO_GET_LOOKUP:
		err = toa_sockopt_get_lookup(sk, user, len);
		break;
	case TOA_SO_GET_INFO:
		err = toa_sockopt_get_info(sk, user, len);
		break;
	default:
		err = -ENOPROTOOPT;
	}
	toa_guard_leave();
	return err;
}

/*
 * Without an owner, on purpose. nf_sockopt_find gives up at an entry whose module is going,
 * and all other users of netfilter's socket options (SO_ORIGINAL_DST, iptables, ipvs) get
 * ENOPROTOOPT. The guard holds the module's text instead: no caller sleeps between
 * nf_sockopt_find and toa_guard_enter, or between toa_guard_leave and its last look at
 * this struct, so RCU-tasks covers both.
 */
static struct nf_sockopt_ops toa_sockopt_ops = {
	.pf = PF_INET,
	.get_optmin = TOA_SO_GET_LOOKUP,
	.get_optmax = TOA_SO_GET_INFO + 1,
	.get = toa_sockopt_get,
};

static bool toa_sockopt_registered;

int toa_sockopt_init(void)
{
	int err = nf_register_sockopt(&toa_sockopt_ops);

	if (err == -EBUSY)
		pr_err("another module answers socket options %d to %d: unload that TOA module first\n",
		       TOA_SO_GET_LOOKUP, TOA_SO_GET_INFO);
	toa_sockopt_registered = !err;
	return err;
}

void toa_sockopt_exit(void)
{
	if (toa_sockopt_registered)
		nf_unregister_sockopt(&toa_sockopt_ops);
	toa_sockopt_registered = false;
}
