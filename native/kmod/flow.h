/* SPDX-License-Identifier: GPL-2.0-only */
/* Which connection a socket carries: what tells it from an earlier one at the same address. */
#ifndef TOA_KMOD_FLOW_H
#define TOA_KMOD_FLOW_H

#include <linux/in6.h>
#include <linux/string.h>
#include <linux/types.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

struct toa_endpoint {
	struct in6_addr addr;	/* IPv4 as ::ffff:a.b.c.d */
	__be16 port;
};

struct toa_flow {
	struct toa_endpoint peer;	/* the transport peer: the balancer */
	struct toa_endpoint local;
};

static inline struct toa_flow toa_flow_of(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	struct toa_flow flow = {
		.peer.port = inet->inet_dport,
		.local.port = inet->inet_sport,
	};

#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_daddr)) {
		flow.peer.addr = sk->sk_v6_daddr;
		flow.local.addr = sk->sk_v6_rcv_saddr;
		return flow;
	}
#endif
	ipv6_addr_set_v4mapped(inet->inet_daddr, &flow.peer.addr);
	ipv6_addr_set_v4mapped(inet->inet_rcv_saddr, &flow.local.addr);
	return flow;
}

static inline bool toa_endpoint_equal(const struct toa_endpoint *a, const struct toa_endpoint *b)
{
	return a->port == b->port && ipv6_addr_equal(&a->addr, &b->addr);
}

static inline bool toa_flow_equal(const struct toa_flow *a, const struct toa_flow *b)
{
	return toa_endpoint_equal(&a->peer, &b->peer) && toa_endpoint_equal(&a->local, &b->local);
}

#endif
