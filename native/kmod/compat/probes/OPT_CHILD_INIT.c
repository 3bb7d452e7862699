// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* syn_recv_sock has a seventh parameter. */
#include <net/inet_connection_sock.h>

struct sock *probe(const struct inet_connection_sock_af_ops *ops, bool *own_req);

struct sock *probe(const struct inet_connection_sock_af_ops *ops, bool *own_req)
{
	return ops->syn_recv_sock(NULL, NULL, NULL, NULL, NULL, own_req, NULL);
}
