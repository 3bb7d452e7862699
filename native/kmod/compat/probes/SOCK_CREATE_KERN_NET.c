// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* sock_create_kern takes a network namespace (4.2). */
#include <linux/net.h>

int probe(struct net *net, struct socket **sock);

int probe(struct net *net, struct socket **sock)
{
	return sock_create_kern(net, 0, 0, 0, sock);
}
