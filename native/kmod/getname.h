/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* accept and getpeername return the real client. */
#ifndef TOA_KMOD_GETNAME_H
#define TOA_KMOD_GETNAME_H

#include <linux/in.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <net/sock.h>

#include "store.h"

static inline bool toa_getname_is_multipath(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_MPTCP)
	return sk->sk_protocol == IPPROTO_MPTCP && sk->sk_type == SOCK_STREAM;
#else
	return false;
#endif
}

/**
 * toa_getname_concerns() - whether getname may have to return another peer than the kernel's
 * @sock: the socket whose peer it is to return
 *
 * Return: false if the kernel's own answer stands.
 */
static inline bool toa_getname_concerns(const struct socket *sock)
{
	return toa_getname_is_multipath(sock->sk) || toa_store_may_have(sock->sk);
}

void toa_getname_show(const struct socket *sock, int family, struct sockaddr *addr);

#endif
