/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The TOA socket ABI: what a provider (kernel module or eBPF) answers and what
 * a program asks. Every number of the ABI stands here and nowhere else.
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
 * Answers on AF_INET sockets and on AF_INET6 sockets that carry IPv4. A longer
 * buffer is fine; the length written back is always sizeof(struct toa_nat64_peer).
 *
 *   EINVAL       the buffer is shorter than 20 bytes, or the connection carried no option
 *   EFAULT       the connection carried an IPv4 option (getpeername has it), or a bad pointer
 *   ENOTCONN     listening, closed or unconnected socket, or not TCP
 *   ENOPROTOOPT  no provider is loaded
 */
#define TOA_SO_GET_LOOKUP	4096

/* The two bytes of padding behind the port are always zero. */
struct toa_nat64_peer {
	struct in6_addr	saddr;	/* real client address, network byte order */
	__be16		sport;	/* real client port, network byte order */
};

/*
 * getsockopt(fd, IPPROTO_IP, TOA_SO_GET_INFO, struct toa_info *, size) tells all
 * that a provider of this project knows of a connection; other vendors' modules do
 * not have it. What makes a trust check possible after getpeername was rewritten.
 *
 * Versioned by size, as TCP_INFO is: fields are only ever added at the end, the
 * caller's size says which it knows, and the length written back says how many bytes
 * were filled in.
 *
 * Succeeds on every connected TCP socket: kind is 0 where no option was believed.
 *
 *   EFAULT       a bad pointer
 *   EINVAL       a negative length
 *   ENOTCONN, ENOPROTOOPT as above
 */
#define TOA_SO_GET_INFO		4097

struct toa_info {
	__u8		kind;		/* the option's kind; 0: none */
	__u8		length;		/* the option's length: 8 is IPv4, 20 is IPv6; 0: none */
	__be16		client_port;	/* network byte order; 0 without an option */
	__be16		peer_port;	/* network byte order */
	__u16		reserved;	/* 0 */
	struct in6_addr	client;		/* IPv4 as ::ffff:a.b.c.d; :: without an option */
	struct in6_addr	peer;		/* the transport peer, not getpeername's; IPv4 likewise */
};

/*
 * The TCP options, by (kind, length): vendors reuse kinds with other layouts.
 * The bytes after kind and length are the port, then the address, both in
 * network byte order.
 */
#define TOA_KIND_IPV4		200	/* hybrid cloud: IPv4 -> IPv4 */
#define TOA_KIND_IPV6		253	/* NAT64: IPv6 -> IPv4 */
#define TOA_LENGTH_IPV4		8
#define TOA_LENGTH_IPV6		20

#endif
