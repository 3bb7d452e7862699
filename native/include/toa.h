/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The TOA socket ABI: the socket options that a provider (kernel module or eBPF)
 * answers. This file is the only place that defines the numbers of the ABI.
 *
 * Compiles in the kernel and in userspace.
 */
#ifndef TOA_H
#define TOA_H

#include <linux/types.h>
#ifdef __KERNEL__
#include <linux/in6.h>
#else
#include <netinet/in.h>
#endif

/*
 * getsockopt(fd, IPPROTO_IP, TOA_SO_GET_LOOKUP, struct toa_nat64_peer *, 20)
 * returns the real IPv6 client of a connection that came through NAT64.
 *
 * Answers on AF_INET and AF_INET6 sockets, over IPv4 and IPv6. A longer
 * buffer is fine; the length written back is always sizeof(struct toa_nat64_peer).
 *
 *   EINVAL       the buffer is shorter than 20 bytes, or the connection carried no TOA option
 *   EFAULT       the TOA option holds an IPv4 client (use getpeername), or a bad pointer
 *   ENOTCONN     listening, closed or unconnected socket, or not TCP
 *   ENOPROTOOPT  no provider is loaded
 */
#define TOA_SO_GET_LOOKUP	4096

/* The two bytes of padding after the port are always zero. */
struct toa_nat64_peer {
	struct in6_addr	saddr;	/* real client address, network byte order */
	__be16		sport;	/* real client port, network byte order */
};

/*
 * getsockopt(fd, IPPROTO_IP, TOA_SO_GET_INFO, struct toa_info *, size) returns all
 * that a provider of this project knows about a connection. Other vendors' modules do
 * not answer it. With it, a program can still check the transport peer after
 * getpeername was rewritten.
 *
 * Versioned by size, like TCP_INFO: new fields are only added at the end. The caller
 * passes the size of the struct that it knows. The length written back is the number
 * of bytes that were filled in.
 *
 * Succeeds on every connected TCP socket: kind is 0 if no TOA option was accepted.
 *
 *   EFAULT       a bad pointer
 *   EINVAL       a negative length
 *   ENOTCONN, ENOPROTOOPT as above
 */
#define TOA_SO_GET_INFO		4097

struct toa_info {
	__u8		kind;		/* of the TOA option; 0: none */
	__u8		length;		/* of the TOA option; 0: none */
	__be16		client_port;	/* network byte order; 0 if unknown */
	__be16		peer_port;	/* network byte order */
	__u16		reserved;	/* 0 */
	struct in6_addr	client;		/* IPv4 as ::ffff:a.b.c.d; :: without a TOA option */
	struct in6_addr	peer;		/* the transport peer, never the client; IPv4 as above */
	struct in6_addr	virtual_addr;	/* to which the client connected; :: if unknown */
	__u32		network_id;	/* of the virtual network, host byte order; 0 if unknown */
	__be16		virtual_port;	/* network byte order; 0 if unknown */
	__u8		format;		/* enum toa_format, in toa_format.h; 0: none */
	__u8		reserved2;	/* 0 */
};

#endif
