/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* A handshake is complete: the option of its last segment names the client. */
#ifndef TOA_KMOD_HANDSHAKE_H
#define TOA_KMOD_HANDSHAKE_H

#include <linux/socket.h>
#include <linux/types.h>
#include <net/sock.h>

struct sk_buff;

void toa_handshake_done(struct sock *child, const struct sk_buff *skb, const bool *own_req);

/**
 * toa_handshake_is_ipv4() - whether a call of tcp_v4_syn_recv_sock is about an IPv4 socket
 * @listener: the first argument of the call
 *
 * For IPv4 on a dual-mode listener, tcp_v6_syn_recv_sock calls tcp_v4_syn_recv_sock, or jumps to
 * it, as its compiler likes. So neither the packet nor the caller tells; the listener does.
 *
 * Return: false if the hook on tcp_v6_syn_recv_sock sees the same handshake.
 */
static inline bool toa_handshake_is_ipv4(const struct sock *listener)
{
	return listener->sk_family == AF_INET;
}

#endif
