/* SPDX-License-Identifier: GPL-2.0-only */
/* accept and getpeername return the real IPv4 client. */
#ifndef TOA_KMOD_GETNAME_H
#define TOA_KMOD_GETNAME_H

#include <linux/in.h>
#include <linux/net.h>
#include <linux/socket.h>
#include <net/sock.h>

#include "store.h"

static inline bool toa_is_multipath(const struct sock *sk)
{
#if IS_ENABLED(CONFIG_MPTCP)
	return sk->sk_protocol == IPPROTO_MPTCP;
#else
	return false;
#endif
}

/* Whether getname may have to return another peer than the kernel's. */
static inline bool toa_getname_concerns(const struct socket *sock)
{
	return toa_is_multipath(sock->sk) || toa_store_may_have(sock->sk);
}

/* getname has returned the peer without an error: puts the client in its place, if one is held. */
void toa_getname_v4(const struct socket *sock, struct sockaddr *addr);
void toa_getname_v6(const struct socket *sock, struct sockaddr *addr);

/* From here on, names stay as the kernel gave them. For unload: nothing opens them again. */
void toa_getname_close(void);

#endif
