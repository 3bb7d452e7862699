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

static bool is_multipath(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_MPTCP;
}

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

#else

static bool is_multipath(const struct sock *sk)
{
	return false;
}

static bool multipath_get(const struct socket *sock, struct toa_client *client)
{
	return false;
}

#endif

static bool held_for(const struct socket *sock, struct toa_client *client)
{
	if (is_multipath(sock->sk))
		return multipath_get(sock, client);
	return toa_store_get(sock->sk, client);
}

/*
 * The client to show in place of the peer that the kernel named, if there is one.
 * An IPv6 client only where asked for: programs must not see another family than
 * their connection's by surprise.
 */
static bool client_to_show(const struct socket *sock, bool ipv6_too, struct toa_client *client)
{
	/*
	 * Servers in the kernel (NFS, SMB) grant access by the peer's address, which must
	 * not be one that a client can forge. The socket does not identify them: programs
	 * such as rpc.nfsd make it. The caller does, as a kernel thread has no mm.
	 */
	if (!current->mm)
		return false;
	if (!held_for(sock, client) || READ_ONCE(closed))
		return false;
	if (client->ipv4 || ipv6_too) {
		toa_count(sock_net(sock->sk), TOA_MIB_GETNAME_TOA_OK);
		return true;
	}
	/* Of plain TCP, programs ask by getsockopt. This one keeps our options from us. */
	if (is_multipath(sock->sk))
		toa_count(sock_net(sock->sk), TOA_MIB_MPTCP_UNANSWERED);
	return false;
}

void toa_getname_v4(const struct socket *sock, struct sockaddr *addr)
{
	struct sockaddr_in *name = (struct sockaddr_in *)addr;
	struct toa_client client;

	if (!client_to_show(sock, false, &client))
		return;
	name->sin_port = client.port;
	name->sin_addr.s_addr = client.addr.s6_addr32[3];
}

void toa_getname_v6(const struct socket *sock, struct sockaddr *addr)
{
	struct sockaddr_in6 *name = (struct sockaddr_in6 *)addr;
	struct toa_client client;

	if (!client_to_show(sock, toa_setting(&toa_settings.nat64_getpeername), &client))
		return;
	name->sin6_port = client.port;
	name->sin6_addr = client.addr;
	name->sin6_scope_id = 0;
	name->sin6_flowinfo = 0;
}
