// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A socket knows whether it holds its network namespace (4.2). */
#include <net/sock.h>

bool probe(const struct sock *sk);

bool probe(const struct sock *sk)
{
	return sk->sk_net_refcnt;
}
