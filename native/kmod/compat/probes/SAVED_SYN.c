// SPDX-License-Identifier: GPL-2.0-only
/* A saved SYN knows the lengths of its headers (5.10). */
#include <net/request_sock.h>

unsigned int probe(const struct saved_syn *syn);

unsigned int probe(const struct saved_syn *syn)
{
	return syn->mac_hdrlen + syn->network_hdrlen + syn->tcp_hdrlen;
}
