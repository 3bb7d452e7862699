/* SPDX-License-Identifier: GPL-2.0-only */
/* A handshake is complete: the option of its last segment names the client. */
#ifndef TOA_KMOD_HANDSHAKE_H
#define TOA_KMOD_HANDSHAKE_H

#include <linux/socket.h>
#include <linux/types.h>
#include <net/sock.h>

struct sk_buff;

/*
 * syn_recv_sock has returned: child is the new socket, if there is one, and only then
 * own_req is set. It is NULL where a kernel makes one child at a time. Not to be called
 * for tcp_v4_syn_recv_sock if the listener is IPv6's.
 */
void toa_handshake_done(struct sock *child, const struct sk_buff *skb, const bool *own_req);

/* Tells the log of a setting that this kernel cannot follow. */
void toa_handshake_warn(void);

/*
 * Whether a call of tcp_v4_syn_recv_sock is about a socket of its own family. For IPv4
 * on a dual-mode listener the IPv6 function calls the IPv4 one, or jumps to it, as its
 * compiler likes: so the listener says whose connection it is, not the packet and not
 * the caller.
 */
static inline bool toa_handshake_is_v4(const struct sock *listener)
{
	return listener->sk_family == AF_INET;
}

#endif
