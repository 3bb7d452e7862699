/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The layout of every map, for the programs in the kernel and for their loader. */
#ifndef TOA_BPF_SHARED_H
#define TOA_BPF_SHARED_H

#include <linux/bpf.h>
#include <linux/types.h>

#include "toa_option.h"

/* In the order of /proc/net/toa_stats, with the same names and meanings. */
#define TOA_COUNTERS(COUNTER) \
	COUNTER(SYN_RECV_SOCK_TOA, "syn_recv_sock_toa") \
	COUNTER(SYN_RECV_SOCK_NO_TOA, "syn_recv_sock_no_toa") \
	COUNTER(GETNAME_TOA_OK, "getname_toa_ok") \
	COUNTER(GETNAME_TOA_MISMATCH, "getname_toa_mismatch") \
	COUNTER(GETNAME_TOA_EMPTY, "getname_toa_empty") \
	COUNTER(IP6_ADDRESS_ALLOC, "ip6_address_alloc") \
	COUNTER(IP6_ADDRESS_FREE, "ip6_address_free") \
	COUNTER(IP4_ADDRESS_ALLOC, "ip4_address_alloc") \
	COUNTER(IP4_ADDRESS_FREE, "ip4_address_free") \
	COUNTER(OPTION_MALFORMED, "option_malformed") \
	COUNTER(OPTION_WRONG_LENGTH, "option_wrong_length") \
	COUNTER(ADDRESS_UNUSABLE, "address_unusable") \
	COUNTER(UNTRUSTED, "untrusted") \
	COUNTER(NO_MEMORY, "no_memory") \
	COUNTER(OPTION_DUPLICATE, "option_duplicate") \
	/* With first_data: read from a segment after the handshake, or too late: a program had asked before. */ \
	COUNTER(FIRST_DATA_TOA, "first_data_toa") \
	COUNTER(FIRST_DATA_LATE, "first_data_late")

enum toa_counter {
#define TOA_COUNTER_NUMBER(name, text) TOA_COUNT_##name,
	TOA_COUNTERS(TOA_COUNTER_NUMBER)
#undef TOA_COUNTER_NUMBER
	TOA_COUNT_MAX
};

/* IPv4 as ::ffff:a.b.c.d. All in network byte order. */
struct toa_address {
	__be32 word[4];
};

struct toa_connection {
	struct toa_address client;
	struct toa_address peer;	/* the transport peer: the balancer */
	struct toa_address local;
	struct toa_address virtual_addr;	/* to which the client connected; 0 if unknown */
	__u32 network_id;		/* of the virtual network; 0 if unknown */
	__be16 client_port;
	__be16 peer_port;
	__be16 local_port;
	__be16 virtual_port;
	__u8 kind;			/* of the TOA option */
	__u8 format;			/* enum toa_format. 0: no address is held */
	__u8 ipv4;			/* whether the format's addresses are IPv4 */
	__u8 reserved;			/* 0 */
};

#define TOA_TCP_OPTIONS_MOST	40
#define TOA_TCP_HEADER_MOST	(TOA_TCP_HEADER + TOA_TCP_OPTIONS_MOST)

/* The key of the kernel's LPM trie: the prefix length, then the address. */
struct toa_network {
	__u32 bits;
	struct toa_address address;
};

/* What an option is read for: the bit of its format, shifted, is the role. */
#define TOA_ROLE_OF(match)	((match) >> TOA_FORMAT_VIRTUAL)
#define TOA_ROLE_CLIENT		0
#define TOA_ROLE_VIRTUAL	TOA_ROLE_OF(TOA_FORMAT_BIT(TOA_FORMAT_VIRTUAL))
#define TOA_ROLE_NETWORK	TOA_ROLE_OF(TOA_FORMAT_BIT(TOA_FORMAT_NETWORK))
#define TOA_ROLES		4	/* a power of 2 */
#define TOA_FOUND_FORMAT	8	/* bits of the index before the format */

/*
 * The options of a header during a scan, in a storage of the socket that is deleted after the
 * scan. The stack cannot hold it: a variable index into it needs Linux 5.12. Nor can a per-CPU
 * map: programs of two sockets can interrupt each other on one CPU.
 *
 * With the kernel's header, it fits into a slab of 256 bytes: in the next one, a connection would
 * cost 400 instructions more.
 *
 * The state of the scan is in memory and not in registers: the verifier then does not track
 * its values, and sees one state per step instead of hundreds.
 */
struct toa_scan {
	union {
		__u8 header[TOA_TCP_HEADER];	/* of a SYN, which is copied together with its options */
		struct toa_network peer;	/* the transport peer, when it is checked */
	};
	__u8 options[64];
	__u8 beyond[48];	/* an address at any offset below 32 in an option at any index below 64 is in bounds */
	__u32 found[TOA_ROLES];	/* the first valid option: its index, and above that its format, as a set of one */
	__u32 matches[TOA_ROLES];	/* valid options */
	__u32 size;		/* of the options */
	__u32 at;
	__u32 is_syn;
	__u32 wrong;		/* not 0 if a TOA kind was found with another length */
	__u32 malformed;
};

#define TOA_ASKED_NAME		1	/* accept or getpeername */
#define TOA_ASKED_OPTION	2	/* getsockopt 4096 or 4097 */

/* Per socket, until it is freed. Later versions keep using the stored values: fields may only be added. */
struct toa_held {
	struct toa_connection connection;
	struct bpf_spin_lock lock;	/* between a program that asks for the client and a segment that brings it */
	__u32 asked;			/* TOA_ASKED_...: questions that were answered while no address was held */
	__u8 ended;			/* counted as freed; accept still returns the client after a reset */
	__u8 waits;			/* with first_data: for a TOA option on a later segment */
	__u8 waited;			/* it has waited */
	__u8 parses;			/* the callback for headers is on only for that */
	__u8 reserved[12];		/* 0 */
};

/* Later versions use the same maps: there is room for more counters, and for more settings (reserved). */
#define TOA_COUNTERS_ROOM	64

/* Empty for a row that the loaded version does not count. */
struct toa_counter_name {
	char text[32];
};

struct toa_settings {
	__u32 nat64_getpeername;	/* accept and getpeername return NAT64 clients on dual-mode sockets too */
	__u32 syn;			/* read TOA options on the SYN too */
	__u32 first_data;		/* and on segments after the handshake, up to the first data */
	struct toa_format_set formats;
	__u32 reserved[13];		/* 0: the settings of later versions are off */
};

/* The value of a trusted network: its family. */
#define TOA_TRUSTED_IPV4	1
#define TOA_TRUSTED_IPV6	2

#define TOA_MOST_NETWORKS	65536

#endif
