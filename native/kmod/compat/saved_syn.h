/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* TCP_SAVE_SYN came with 4.2; the SYN that it keeps has had a struct of its own since 5.10. */
#ifndef TOA_COMPAT_SAVED_SYN_H
#define TOA_COMPAT_SAVED_SYN_H

#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include <net/request_sock.h>

#include "generated.h"

#ifdef TOA_HAVE_TCP_SAVE_SYN
#define TOA_SYN_CAN_BE_SAVED true
#else
#define TOA_SYN_CAN_BE_SAVED false
#endif

/* The TCP header of the SYN that this socket was born from, or NULL; and its size. */
static inline const struct tcphdr *toa_saved_syn(const struct sock *sk, unsigned int *size)
{
#if !defined(TOA_HAVE_TCP_SAVE_SYN)
	return NULL;
#elif defined(TOA_HAVE_SAVED_SYN)
	const struct saved_syn *syn = tcp_sk(sk)->saved_syn;

	if (!syn || syn->tcp_hdrlen < sizeof(struct tcphdr))
		return NULL;
	*size = syn->tcp_hdrlen;
	return (const struct tcphdr *)(syn->data + syn->mac_hdrlen + syn->network_hdrlen);
#else
	/* The size of all, and then the network header with the TCP header behind it. */
	const u32 *syn = tcp_sk(sk)->saved_syn;
	const u8 *network = (const u8 *)(syn + 1);
	unsigned int offset;

	if (!syn)
		return NULL;
	if (network[0] >> 4 == 4) {
		offset = (network[0] & 15) * 4;
	} else {
		/* Extension headers would be read as TCP's: as if it had not been saved. */
		if (((const struct ipv6hdr *)network)->nexthdr != IPPROTO_TCP)
			return NULL;
		offset = sizeof(struct ipv6hdr);
	}
	if (syn[0] < offset + sizeof(struct tcphdr))
		return NULL;
	*size = syn[0] - offset;
	return (const struct tcphdr *)(network + offset);
#endif
}

#endif
