/* SPDX-License-Identifier: GPL-2.0-only */
/* A socket of the kernel's own in the first network namespace, and whether a socket holds its own. */
#ifndef TOA_COMPAT_SOCKET_H
#define TOA_COMPAT_SOCKET_H

#include <linux/in.h>
#include <linux/net.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "generated.h"

static inline int toa_tcp_socket(int family, struct socket **sock)
{
#ifdef TOA_HAVE_SOCK_CREATE_KERN_NET
	return sock_create_kern(&init_net, family, SOCK_STREAM, IPPROTO_TCP, sock);
#else
	return sock_create_kern(family, SOCK_STREAM, IPPROTO_TCP, sock);
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
