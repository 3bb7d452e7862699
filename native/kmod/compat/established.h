/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The table of connections need no longer be named. Before, each network namespace points
 * at its own; where it does not in this way, there is only one.
 */
#ifndef TOA_COMPAT_ESTABLISHED_H
#define TOA_COMPAT_ESTABLISHED_H

#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/tcp.h>

#include "../flow.h"

#include "generated.h"

#if defined(TOA_HAVE_LOOKUP_WITHOUT_TABLE)
#define toa_lookup(function, net, ...) function(net, __VA_ARGS__)
#elif defined(TOA_HAVE_TABLE_PER_NET)
#define toa_lookup(function, net, ...) \
	function(net, (net)->ipv4.tcp_death_row.hashinfo, __VA_ARGS__)
#else
#define toa_lookup(function, net, ...) function(net, &tcp_hashinfo, __VA_ARGS__)
#endif

/*
 * TCP's socket at the addresses and ports of another socket, with a reference for sock_gen_put;
 * or NULL.
 */
static inline struct sock *toa_established(const struct sock *sk)
{
	const struct inet_sock *inet = inet_sk(sk);
	const u16 port = ntohs(inet->inet_sport);
	struct net *net = sock_net(sk);
	struct sock *found;

	rcu_read_lock();
#if IS_ENABLED(CONFIG_IPV6)
	if (toa_flow_is_ipv6(sk))
		found = toa_lookup(__inet6_lookup_established, net, &sk->sk_v6_daddr,
				   inet->inet_dport, &sk->sk_v6_rcv_saddr, port,
				   sk->sk_bound_dev_if, 0);
	else
#endif
		found = toa_lookup(__inet_lookup_established, net, inet->inet_daddr,
				   inet->inet_dport, inet->inet_rcv_saddr, port,
				   sk->sk_bound_dev_if, 0);
	rcu_read_unlock();
	return found;
}

#endif
