// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* lockdep can check who has locked a socket (4.9). */
#include <net/sock.h>

void probe(const struct sock *sk);

void probe(const struct sock *sk)
{
	sock_owned_by_me(sk);
}
