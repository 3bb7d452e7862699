// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A connection is looked up without naming the table, which 1 cannot be. */
#include <net/inet_hashtables.h>

struct sock *probe(struct net *net);

struct sock *probe(struct net *net)
{
	return __inet_lookup_established(net, 1, 0, 0, 0, 0, 0);
}
