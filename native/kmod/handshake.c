// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/if_ether.h>
#include <linux/printk.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>

#include "client.h"
#include "compat/syn_recv_sock.h"
#include "guard.h"
#include "handshake.h"
#include "stats.h"
#include "store.h"

/* Reads the client from the header of skb. False, and counted, where there is none to believe. */
static bool read_client(struct toa_client *client, const struct sk_buff *skb, const struct net *net)
{
	/* tcp_v4_rcv and tcp_v6_rcv have pulled the header with all its options. */
	const struct tcphdr *th = tcp_hdr(skb);
	struct toa_option_scan scan = toa_client_find((const u8 *)(th + 1), tcp_optlen(skb));

	if (scan.duplicates)
		toa_count(net, TOA_MIB_OPTION_DUPLICATE);
	switch (scan.status) {
	case TOA_OPTION_FOUND:
		break;
	case TOA_OPTION_MALFORMED:
		toa_count(net, TOA_MIB_OPTION_MALFORMED);
		return false;
	case TOA_OPTION_WRONG_LENGTH:
		toa_count(net, TOA_MIB_OPTION_WRONG_LENGTH);
		return false;
	case TOA_OPTION_ABSENT:
		return false;
	}

	toa_client_read(client, scan.found);
	if (!toa_client_usable(client)) {
		toa_count(net, TOA_MIB_ADDRESS_UNUSABLE);
		return false;
	}
	pr_debug("option %u: client %pI6c port %u\n", client->kind, &client->addr,
		 ntohs(client->port));
	return true;
}

static bool remember(struct sock *child, const struct sk_buff *skb, const struct net *net)
{
	struct toa_client client;

	if (!read_client(&client, skb, net)) {
		/* Whatever was held for a socket that lived at this address before. */
		toa_store_remove(child);
		return false;
	}
	if (!toa_store_set(child, &client)) {
		toa_count(net, TOA_MIB_NO_MEMORY);
		return false;
	}
	return true;
}

static void learn(struct sock *child, const struct sk_buff *skb, bool own_req)
{
	const struct net *net;

	/* Two segments can complete one handshake: the loser's child is dead already. */
	if (!child || !own_req)
		return;
	net = sock_net(child);
	toa_count(net, remember(child, skb, net) ? TOA_MIB_SYN_RECV_SOCK_TOA :
						   TOA_MIB_SYN_RECV_SOCK_NO_TOA);
}

static struct sock *handshake_v4(TOA_SYN_RECV_SOCK_PARAMS)
{
	int token = toa_guard_enter();
	struct sock *child = toa_targets.v4_syn_recv_sock(TOA_SYN_RECV_SOCK_ARGS);

	learn(child, skb, *own_req);
	toa_guard_leave(token);
	return child;
}

static struct sock *handshake_v6(TOA_SYN_RECV_SOCK_PARAMS)
{
	int token = toa_guard_enter();
	struct sock *child = toa_targets.v6_syn_recv_sock(TOA_SYN_RECV_SOCK_ARGS);

	/* For IPv4 on a dual-mode listener the original has called the IPv4 function: done there. */
	if (skb->protocol != htons(ETH_P_IP))
		learn(child, skb, *own_req);
	toa_guard_leave(token);
	return child;
}

const toa_syn_recv_sock_fn toa_handshake_v4 = handshake_v4;
const toa_syn_recv_sock_fn toa_handshake_v6 = handshake_v6;
