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

/* As comparing with toa_flow_of(sk), without building that. */
static inline bool toa_flow_is_of(const struct toa_flow *flow, const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);

	if (flow->peer.port != inet->inet_dport || flow->local.port != inet->inet_sport)
		return false;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 && !ipv6_addr_v4mapped(&sk->sk_v6_daddr))
		return ipv6_addr_equal(&flow->peer.addr, &sk->sk_v6_daddr) &&
		       ipv6_addr_equal(&flow->local.addr, &sk->sk_v6_rcv_saddr);
#endif
	return ipv6_addr_v4mapped(&flow->peer.addr) &&
	       flow->peer.addr.s6_addr32[3] == inet->inet_daddr &&
	       flow->local.addr.s6_addr32[3] == inet->inet_rcv_saddr;
}

#endif
