// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A saved SYN knows the lengths of its headers (5.10). */
#include <linux/tcp.h>
#include <net/request_sock.h>

unsigned int probe(const struct tcp_sock *tp);

unsigned int probe(const struct tcp_sock *tp)
{
	return tp->saved_syn->mac_hdrlen + tp->saved_syn->network_hdrlen +
	       tp->saved_syn->tcp_hdrlen;
}
