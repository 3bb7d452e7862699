// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "counters.h"
#include "getname.h"
#include "settings.h"
#include "steps.h"
#include "store.h"

static bool toa_getname_closed;

/**
 * toa_getname_close() - leaves names as the kernel gives them, from here on
 *
 * For unload: nothing opens them again.
 */
void toa_getname_close(void)
{
	WRITE_ONCE(toa_getname_closed, true);
}

#if IS_ENABLED(CONFIG_MPTCP)

#include "compat/established.h"

/*
 * The client of a Multipath TCP connection: what the option of its first subflow names.
 * False, and counted, if that cannot be found.
 *
 * A program has the connection's socket. Addresses are stored for its subflows, which only
 * the kernel sees. The first subflow has the connection's addresses and ports, and the same
 * struct socket. A socket that has only the same ports belongs to another connection.
 */
static bool toa_getname_get_multipath(const struct socket *sock, struct toa_client *client)
{
	const struct toa_connection *connection = NULL;
	struct sock *subflow = toa_established(sock->sk);
	bool ours;

	if (subflow) {
		ours = sk_fullsock(subflow) && READ_ONCE(subflow->sk_socket) == sock;
		if (ours)
			connection = toa_store_get(subflow);
		if (connection)
			*client = connection->client;
		sock_gen_put(subflow);
		if (ours)
			return connection;
	}
	toa_counters_add_net(sock_net(sock->sk), TOA_MIB_MPTCP_UNANSWERED);
	return false;
}

#else

static bool toa_getname_get_multipath(const struct socket *sock, struct toa_client *client)
{
	return false;
}

#endif

/*
 * Servers in the kernel (NFS, SMB) grant access by the peer's address, which must not be one
 * that a client can forge. The socket does not identify them: programs such as rpc.nfsd make
 * it. The caller does, as a kernel thread has no mm.
 */
static bool toa_getname_is_open(void)
{
	return current->mm && !READ_ONCE(toa_getname_closed);
}

/*
 * Whether the client is shown in place of the peer. An IPv6 client of an IPv4 connection (NAT64)
 * only if this is enabled, and only on a dual-mode socket: programs must not see another family
 * than their connection's by surprise.
 */
static bool toa_getname_shows(const struct toa_client *client, const struct sock *sk, int family)
{
	return client->ipv4 || toa_flow_is_ipv6(sk) ||
	       (family == AF_INET6 && toa_setting(nat64_getpeername));
}

static void toa_getname_fill(const struct toa_client *client, int family, struct sockaddr *addr)
{
	if (family == AF_INET) {
		struct sockaddr_in *name = (struct sockaddr_in *)addr;

		name->sin_port = client->port;
		name->sin_addr.s_addr = client->addr.s6_addr32[3];
	} else {
		struct sockaddr_in6 *name = (struct sockaddr_in6 *)addr;

		name->sin6_port = client->port;
		name->sin6_addr = client->addr;
		name->sin6_scope_id = 0;
		name->sin6_flowinfo = 0;
	}
}

static noinline void toa_getname_show_multipath(const struct socket *sock, int family,
						struct sockaddr *addr)
{
	struct toa_client client;

	if (!toa_getname_is_open() || !toa_getname_get_multipath(sock, &client))
		return;
	if (!toa_getname_shows(&client, sock->sk, family)) {
		/* Of plain TCP, programs ask by getsockopt. This one keeps our options from us. */
		toa_counters_add_net(sock_net(sock->sk), TOA_MIB_MPTCP_UNANSWERED);
		return;
	}
	toa_counters_add_net(sock_net(sock->sk), TOA_MIB_GETNAME_TOA_OK);
	toa_getname_fill(&client, family, addr);
}

/**
 * toa_getname_show() - puts the client in the place of the peer, if one is stored
 * @sock: the socket
 * @family: AF_INET or AF_INET6, the family of its addresses
 * @addr: the peer that the kernel's getname has returned
 */
void toa_getname_show(const struct socket *sock, int family, struct sockaddr *addr)
{
	const struct toa_connection *connection;

	if (toa_getname_is_multipath(sock->sk)) {
		toa_getname_show_multipath(sock, family, addr);
		return;
	}
	connection = toa_store_get(sock->sk);
	if (!connection || !toa_getname_shows(&connection->client, sock->sk, family) ||
	    !toa_getname_is_open())
		return;
	toa_counters_add(toa_store_counters(connection, sock->sk), TOA_MIB_GETNAME_TOA_OK);
	toa_getname_fill(&connection->client, family, addr);
}
