// SPDX-License-Identifier: GPL-2.0-only
#include "compat/established.h"
#include "multipath.h"
#include "stats.h"
#include "store.h"

/*
 * A program's socket is the connection's, and addresses are held for its subflows, which
 * the kernel keeps to itself. But the connection has its first subflow's addresses and
 * ports, and they share the struct socket: a stranger with the same ports does not.
 */
bool toa_multipath_get(const struct socket *sock, struct toa_client *client)
{
	struct sock *subflow = toa_established(sock->sk);
	bool ours, found = false;

	if (subflow) {
		ours = sk_fullsock(subflow) && READ_ONCE(subflow->sk_socket) == sock;
		found = ours && toa_store_get(subflow, client);
		sock_gen_put(subflow);
		if (ours)
			return found;
	}
	toa_count(sock_net(sock->sk), TOA_MIB_MPTCP_UNANSWERED);
	return false;
}
