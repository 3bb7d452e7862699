/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Addresses and ports, which distinguish a connection from an earlier one of the same socket. */
#ifndef TOA_KMOD_FLOW_H
#define TOA_KMOD_FLOW_H

#include <linux/compiler.h>
#include <linux/in6.h>
#include <linux/types.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "compat/socket.h"

struct toa_endpoint {
	struct in6_addr addr;	/* IPv4 as ::ffff:a.b.c.d */
	__be16 port;
};

/*
 * In the form that struct sock has them, so that a lookup compares few words. The local port is
 * not skc_num, which is 0 after a reset.
 */
struct toa_flow {
	union {
		__addrpair ipv4_pair;
		struct {
			__be32 peer, local;
		} ipv4;
		struct {
			struct in6_addr peer, local;
		} ipv6;
	};
	__be16 peer_port, local_port;
	bool is_ipv6;
};

/**
 * toa_flow_is_ipv6() - whether a connection is over IPv6
 * @sk: its socket. Connections over IPv4 of a dual-mode socket are IPv4.
 *
 * Return: true for IPv6.
 */
static inline bool toa_flow_is_ipv6(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	/* connect and disconnect may change it meanwhile, and the ports, which are compared too. */
	return sk->sk_family == AF_INET6 && !data_race(ipv6_addr_v4mapped(&sk->sk_v6_daddr));
#else
	return false;
#endif
}

/**
 * toa_flow_read() - reads the addresses and ports of a connection
 * @flow: where to
 * @sk: the connection's socket
 */
static inline void toa_flow_read(struct toa_flow *flow, const struct sock *sk)
{
	flow->peer_port = READ_ONCE(inet_sk(sk)->inet_dport);
	flow->local_port = READ_ONCE(inet_sk(sk)->inet_sport);
	flow->is_ipv6 = toa_flow_is_ipv6(sk);
	if (flow->is_ipv6) {
#if IS_ENABLED(CONFIG_IPV6)
		/* As in toa_flow_is_ipv6. */
		flow->ipv6.peer = data_race(sk->sk_v6_daddr);
		/* As in toa_flow_is_ipv6. */
		flow->ipv6.local = data_race(sk->sk_v6_rcv_saddr);
#endif
	} else {
		flow->ipv4_pair = READ_ONCE(sk->__sk_common.skc_addrpair);
	}
}

/**
 * toa_flow_is_of() - whether a connection has these addresses and ports
 * @flow: addresses and ports
 * @sk: the connection's socket
 *
 * Return: the same as a comparison with what toa_flow_read reads, without its copies.
 */
static inline bool toa_flow_is_of(const struct toa_flow *flow, const struct sock *sk)
{
	if (flow->peer_port != READ_ONCE(inet_sk(sk)->inet_dport) ||
	    flow->local_port != READ_ONCE(inet_sk(sk)->inet_sport) ||
	    flow->is_ipv6 != toa_flow_is_ipv6(sk))
		return false;
#if IS_ENABLED(CONFIG_IPV6)
	if (flow->is_ipv6)
		/* As in toa_flow_is_ipv6. */
		return data_race(ipv6_addr_equal(&flow->ipv6.peer, &sk->sk_v6_daddr) &&
				 ipv6_addr_equal(&flow->ipv6.local, &sk->sk_v6_rcv_saddr));
#endif
	return flow->ipv4_pair == READ_ONCE(sk->__sk_common.skc_addrpair);
}

/**
 * toa_flow_peer() - the transport peer of a connection, which is the balancer
 * @flow: the connection's addresses and ports
 *
 * Return: its address and port.
 */
static inline struct toa_endpoint toa_flow_peer(const struct toa_flow *flow)
{
	struct toa_endpoint peer = { .port = flow->peer_port };

	if (flow->is_ipv6)
		peer.addr = flow->ipv6.peer;
	else
		ipv6_addr_set_v4mapped(flow->ipv4.peer, &peer.addr);
	return peer;
}

/**
 * toa_flow_local() - the local end of a connection
 * @flow: the connection's addresses and ports
 *
 * Return: its address and port.
 */
static inline struct toa_endpoint toa_flow_local(const struct toa_flow *flow)
{
	struct toa_endpoint local = { .port = flow->local_port };

	if (flow->is_ipv6)
		local.addr = flow->ipv6.local;
	else
		ipv6_addr_set_v4mapped(flow->ipv4.local, &local.addr);
	return local;
}

#endif
