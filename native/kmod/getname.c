// SPDX-License-Identifier: GPL-2.0-only
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <net/sock.h>

#include "getname.h"
#include "settings.h"
#include "stats.h"
#include "store.h"

static bool closed;

void toa_getname_close(void)
{
	WRITE_ONCE(closed, true);
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
static bool multipath_get(const struct socket *sock, struct toa_client *client)
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
	toa_count(sock_net(sock->sk), TOA_MIB_MPTCP_UNANSWERED);
	return false;
}

#else

static bool multipath_get(const struct socket *sock, struct toa_client *client)
{
	return false;
}

#endif

/*
 * Servers in the kernel (NFS, SMB) grant access by the peer's address, which must not be one
 * that a client can forge. The socket does not identify them: programs such as rpc.nfsd make
 * it. The caller does, as a kernel thread has no mm.
 */
static bool names_are_open(void)
{
	return current->mm && !READ_ONCE(closed);
}

/*
 * Whether the client is shown in place of the peer. An IPv6 client only if this is enabled:
 * programs must not see another family than their connection's by surprise.
 */
static bool is_shown(const struct toa_client *client, int family)
{
	return client->ipv4 ||
	       (family == AF_INET6 && toa_setting(&toa_settings.nat64_getpeername));
}

static void show_v4(const struct toa_client *client, struct sockaddr *addr)
{
	struct sockaddr_in *name = (struct sockaddr_in *)addr;

	name->sin_port = client->port;
	name->sin_addr.s_addr = client->addr.s6_addr32[3];
}

static void show_v6(const struct toa_client *client, struct sockaddr *addr)
{
	struct sockaddr_in6 *name = (struct sockaddr_in6 *)addr;

	name->sin6_port = client->port;
	name->sin6_addr = client->addr;
	name->sin6_scope_id = 0;
	name->sin6_flowinfo = 0;
}

static noinline void multipath_show(const struct socket *sock, int family, struct sockaddr *addr)
{
	struct toa_client client;

	if (!names_are_open() || !multipath_get(sock, &client))
		return;
	if (!is_shown(&client, family)) {
		/* Of plain TCP, programs ask by getsockopt. This one keeps our options from us. */
		toa_count(sock_net(sock->sk), TOA_MIB_MPTCP_UNANSWERED);
		return;
	}
	toa_count(sock_net(sock->sk), TOA_MIB_GETNAME_TOA_OK);
	if (family == AF_INET)
		show_v4(&client, addr);
	else
		show_v6(&client, addr);
}

/* The client to show in place of the peer that the kernel named, or NULL. Counts it. */
static const struct toa_client *client_to_show(const struct socket *sock, int family)
{
	const struct toa_connection *connection = toa_store_get(sock->sk);

	if (!connection || !is_shown(&connection->client, family) || !names_are_open())
		return NULL;
	toa_count(sock_net(sock->sk), TOA_MIB_GETNAME_TOA_OK);
	return &connection->client;
}

void toa_getname_v4(const struct socket *sock, struct sockaddr *addr)
{
	const struct toa_client *client;

	if (toa_is_multipath(sock->sk)) {
		multipath_show(sock, AF_INET, addr);
		return;
	}
	client = client_to_show(sock, AF_INET);
	if (client)
		show_v4(client, addr);
}

void toa_getname_v6(const struct socket *sock, struct sockaddr *addr)
{
	const struct toa_client *client;

	if (toa_is_multipath(sock->sk)) {
		multipath_show(sock, AF_INET6, addr);
		return;
	}
	client = client_to_show(sock, AF_INET6);
	if (client)
		show_v6(client, addr);
}
