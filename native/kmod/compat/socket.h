/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * A socket of the kernel's own in the first network namespace; whether a socket holds its
 * namespace, and the namespace's number; and the mark for reads that race on purpose (5.8).
 */
#ifndef TOA_COMPAT_SOCKET_H
#define TOA_COMPAT_SOCKET_H

#include <linux/in.h>
#include <linux/net.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "generated.h"

#ifndef data_race
/* Checks nothing. */
#define data_race(expression) (expression)
#endif

static inline int toa_socket_create(int family, struct socket **sock)
{
#ifdef TOA_HAVE_SOCK_CREATE_KERN_NET
	return sock_create_kern(&init_net, family, SOCK_STREAM, IPPROTO_TCP, sock);
#else
	return sock_create_kern(family, SOCK_STREAM, IPPROTO_TCP, sock);
#endif
}

/* For lockdep: 4.9. */
static inline void toa_socket_assert_owned(const struct sock *sk)
{
#ifdef TOA_HAVE_SOCK_OWNED_BY_ME
	sock_owned_by_me(sk);
#endif
}

#ifdef TOA_HAVE_NET_COOKIE
#define TOA_NET_ID_IS_UNIQUE
#endif

/* Before 5.12, a later namespace can have the same number. */
static inline u64 toa_net_id(const struct net *net)
{
#ifdef TOA_NET_ID_IS_UNIQUE
	return net->net_cookie;
#else
	return (unsigned long)net;
#endif
}

static inline bool toa_socket_holds_net(const struct sock *sk)
{
#ifdef TOA_HAVE_SK_NET_REFCNT
	return sk->sk_net_refcnt;
#else
	/* Until 4.1, what a listener accepts always does. */
	return true;
#endif
}

#endif
