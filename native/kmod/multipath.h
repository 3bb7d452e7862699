/* SPDX-License-Identifier: GPL-2.0-only */
/* The client of a Multipath TCP connection: what the option of its first subflow names. */
#ifndef TOA_KMOD_MULTIPATH_H
#define TOA_KMOD_MULTIPATH_H

#include <linux/in.h>
#include <linux/net.h>
#include <net/sock.h>

#include "client.h"

#if IS_ENABLED(CONFIG_MPTCP)

static inline bool toa_is_multipath(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_MPTCP;
}

/* False, and counted, if the first subflow cannot be found. */
bool toa_multipath_get(const struct socket *sock, struct toa_client *client);

#else

static inline bool toa_is_multipath(const struct sock *sk)
{
	return false;
}

static inline bool toa_multipath_get(const struct socket *sock, struct toa_client *client)
{
	return false;
}

#endif

#endif
