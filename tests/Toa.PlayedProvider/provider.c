/* SPDX-License-Identifier: MIT */
/*
 * A simulated TOA provider between the library and the kernel. It answers like a provider
 * on a loopback network full of balancers. The server's address of a connection selects the
 * balancer, and the peer's address selects the client:
 *
 *   server's end   balancer       client of 127.a.b.c port p
 *   127.6.x.x      NAT64          2001:db8::127.a.b.c port p, option 253
 *   127.4.x.x      hybrid cloud   198.18.b.c port p, option 200
 *   127.8.x.x      VPC            198.18.b.c port p, option 252 with a virtual address and a network
 *   others         none           as it is
 *
 * So each connection has its own client, and tests detect a mix-up.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "toa.h"
#include "toa_format_table.h"

enum provider {
	NONE,		/* no provider is loaded */
	OURS,		/* a provider of this project */
	ANOTHER,	/* another vendor's, which has TOA_SO_GET_LOOKUP only */
};

static enum provider provider = OURS;
static long lookups, infos, names;

void played_use(int which)
{
	provider = which;
}

/* The number of the library's calls so far: getsockopt 4096, 4097 and getpeername. */
void played_calls(long *calls)
{
	calls[0] = __atomic_load_n(&lookups, __ATOMIC_RELAXED);
	calls[1] = __atomic_load_n(&infos, __ATOMIC_RELAXED);
	calls[2] = __atomic_load_n(&names, __ATOMIC_RELAXED);
}

struct end {
	struct in_addr addr;
	__be16 port;
};

/* Reads one end of a connection over IPv4, also of a dual-mode socket. */
static int read_end(long call, int fd, struct end *end)
{
	struct sockaddr_in6 name;
	const struct sockaddr_in *name4 = (const struct sockaddr_in *)&name;
	socklen_t size = sizeof(name);

	if (syscall(call, fd, &name, &size))
		return -1;
	if (name.sin6_family == AF_INET) {
		*end = (struct end){ name4->sin_addr, name4->sin_port };
	} else {
		memcpy(&end->addr, name.sin6_addr.s6_addr + 12, sizeof(end->addr));
		end->port = name.sin6_port;
	}
	return 0;
}

static void map(struct in6_addr *addr, struct in_addr addr4)
{
	memset(addr, 0, sizeof(*addr));
	memset(addr->s6_addr + 10, 0xff, 2);
	memcpy(addr->s6_addr + 12, &addr4, sizeof(addr4));
}

static void set_option(struct toa_info *info, unsigned char kind, enum toa_format format)
{
	info->kind = kind;
	info->format = format;
	info->length = toa_layouts[format].length;
}

/* The client of balancers over IPv4. */
static void set_ipv4_client(struct toa_info *info, struct end peer)
{
	info->client_port = peer.port;
	peer.addr.s_addr = htonl(198U << 24 | 18 << 16 | (ntohl(peer.addr.s_addr) & 0xffff));
	map(&info->client, peer.addr);
}

static int describe(int fd, struct toa_info *info)
{
	struct end own, peer;

	if (read_end(SYS_getpeername, fd, &peer) || read_end(SYS_getsockname, fd, &own))
		return -1;
	memset(info, 0, sizeof(*info));
	info->peer_port = peer.port;
	map(&info->peer, peer.addr);
	switch (ntohl(own.addr.s_addr) >> 16) {
	case 127 << 8 | 6:
		set_option(info, 253, TOA_FORMAT_IPV6);
		info->client_port = peer.port;
		inet_pton(AF_INET6, "2001:db8::", &info->client);
		memcpy(info->client.s6_addr + 12, &peer.addr, sizeof(peer.addr));
		break;
	case 127 << 8 | 4:
		set_option(info, 200, TOA_FORMAT_IPV4);
		set_ipv4_client(info, peer);
		break;
	case 127 << 8 | 8:
		set_option(info, 252, TOA_FORMAT_ALIBABA_VPC);
		set_ipv4_client(info, peer);
		inet_pton(AF_INET6, "::ffff:203.0.113.80", &info->virtual_addr);
		info->virtual_port = htons(443);
		info->network_id = 77;
		break;
	}
	return 0;
}

static int answer(void *value, socklen_t *size, const void *what, socklen_t length)
{
	if (*size > length)
		*size = length;
	memcpy(value, what, *size);
	return 0;
}

static int fail(int error)
{
	errno = error;
	return -1;
}

int getsockopt(int fd, int level, int name, void *value, socklen_t *size)
{
	struct toa_nat64_peer client = { 0 };
	struct toa_info info;

	if (level != IPPROTO_IP || (name != TOA_SO_GET_LOOKUP && name != TOA_SO_GET_INFO))
		return syscall(SYS_getsockopt, fd, level, name, value, size);
	__atomic_add_fetch(name == TOA_SO_GET_INFO ? &infos : &lookups, 1, __ATOMIC_RELAXED);
	if (provider == NONE || (provider == ANOTHER && name == TOA_SO_GET_INFO))
		return fail(ENOPROTOOPT);
	if (describe(fd, &info))
		return -1;
	if (name == TOA_SO_GET_INFO)
		return answer(value, size, &info, sizeof(info));
	if (*size < sizeof(client) || !info.kind)
		return fail(EINVAL);
	if (toa_layouts[info.format].address_size == sizeof(struct in_addr))
		return fail(EFAULT);
	client.saddr = info.client;
	client.sport = info.client_port;
	return answer(value, size, &client, sizeof(client));
}

int getpeername(int fd, struct sockaddr *name, socklen_t *size)
{
	__atomic_add_fetch(&names, 1, __ATOMIC_RELAXED);
	return syscall(SYS_getpeername, fd, name, size);
}
