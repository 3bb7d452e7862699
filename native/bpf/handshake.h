/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* At the end of a handshake: reads the client from the TOA option of its last segment. */
#ifndef TOA_BPF_HANDSHAKE_H
#define TOA_BPF_HANDSHAKE_H

#include "toa_format_table.h"

#include "scan.h"
#include "store.h"

#define TOA_SOL_TCP		6
#define TOA_TCP_SAVE_SYN	27
#define TOA_TCP_SYN		0x02
/* NOP, NOP, timestamps (kind 8, length 10): most headers carry only these. */
#define TOA_TCP_TIMESTAMPS	bpf_htonl(0x0101080a)
#define TOA_TCP_TIMESTAMPS_SIZE	12

/* The size of the segment's options; 0 if they cannot contain a TOA option. */
static __always_inline __u32 toa_options_size(struct bpf_sock_ops *ctx)
{
	const __u8 *header = (const __u8 *)(long)ctx->skb_data, *end = (const __u8 *)(long)ctx->skb_data_end;
	__u32 size;

	if (header + TOA_TCP_HEADER > end)
		return 0;
	size = (header[12] >> 4) * 4;
	if (size <= TOA_TCP_HEADER)
		return 0;
	size -= TOA_TCP_HEADER;
	if (size == TOA_TCP_TIMESTAMPS_SIZE && header + TOA_TCP_HEADER + 4 <= end &&
	    *(const __u32 *)(header + TOA_TCP_HEADER) == TOA_TCP_TIMESTAMPS)
		return 0;
	return size;
}

static __always_inline void toa_copy_options(struct bpf_sock_ops *ctx, struct toa_scan *scan)
{
	const __u8 *header = (const __u8 *)(long)ctx->skb_data, *end = (const __u8 *)(long)ctx->skb_data_end;
	int at;

#pragma unroll
	for (at = 0; at < TOA_TCP_OPTIONS_MOST; at += 4) {
		if (header + TOA_TCP_HEADER + at + 4 > end)
			break;
		*(__u32 *)(scan->options + at) = *(const __u32 *)(header + TOA_TCP_HEADER + at);
	}
}

/* Copies the header of this connection's SYN; false if the SYN was not saved. */
static __always_inline bool toa_copy_syn(struct bpf_sock_ops *ctx, struct toa_scan *scan)
{
	int size = bpf_getsockopt(ctx, TOA_SOL_TCP, TCP_BPF_SYN, scan->header, TOA_TCP_HEADER_MOST);

	if (size < TOA_TCP_HEADER)
		return false;
	scan->size = size - TOA_TCP_HEADER;
	scan->is_syn = 1;
	return true;
}

/* Scans the options of the last segment and, if they have no TOA option and syn is set, those of the SYN. */
static __always_inline void toa_scan_handshake(struct bpf_sock_ops *ctx, struct toa_scan *scan,
					       const struct toa_settings *settings)
{
	__u32 wrong, malformed;

	toa_copy_options(ctx, scan);
	toa_scan_options(scan, settings);
	if (!settings->syn || scan->matches[TOA_ROLE_CLIENT])
		return;
	wrong = scan->wrong;
	malformed = scan->malformed;
	if (toa_copy_syn(ctx, scan)) {
		toa_scan_options(scan, settings);
		if (scan->matches[TOA_ROLE_CLIENT])
			return;
	}
	scan->wrong = wrong;
	scan->malformed = malformed;
}

/* The layout of a number of enum toa_format. */
static __always_inline const struct toa_layout *toa_layout_of(__u32 format)
{
	return &toa_layouts[format & 15];
}

static __always_inline void toa_read_address(struct toa_address *address, const __u8 *from, __u8 size)
{
	__be32 ipv4;

	if (size == sizeof(*address)) {
		__builtin_memcpy(address, from, sizeof(*address));
		return;
	}
	__builtin_memcpy(&ipv4, from, sizeof(ipv4));
	toa_address_map(address, ipv4);
}

static __always_inline __be16 toa_read_port(const __u8 *option, __u8 offset)
{
	__be16 port = 0;

	if (offset)
		__builtin_memcpy(&port, option + (offset & 31), sizeof(port));
	return port;
}

static __always_inline __u32 toa_read_network_id(const __u8 *from, const struct toa_layout *layout)
{
	__u32 unused = (4 - layout->network_id_size) * 8 & 31;
	__be32 bytes;
	__u32 id;

	__builtin_memcpy(&bytes, from, sizeof(bytes));
	id = bpf_ntohl(bytes) >> unused << unused;
	return layout->network_id_is_little ? __builtin_bswap32(id) : id >> unused;
}

/* Reads the other fields of an option. */
static __always_inline void toa_read_details(struct toa_connection *found, const __u8 *option,
					     const struct toa_layout *layout)
{
	if (layout->virtual_addr) {
		toa_read_address(&found->virtual_addr, option + (layout->virtual_addr & 31), layout->address_size);
		found->virtual_port = toa_read_port(option, layout->virtual_port);
	}
	if (layout->network_id)
		found->network_id = toa_read_network_id(option + (layout->network_id & 31), layout);
}

/* The number of a format, from a set of one. */
static __always_inline __u8 toa_format_in(__u32 set)
{
	return toa_is_set(set & 0xaaaa) | toa_is_set(set & 0xcccc) << 1 | toa_is_set(set & 0xf0f0) << 2 |
	       toa_is_set(set & 0xff00) << 3;
}

/*
 * Reads the options that the scan found, and returns the format. The option with the client is
 * last: others do not change its fields.
 */
static __always_inline __u8 toa_read_options(struct toa_connection *found, const struct toa_scan *scan)
{
	const __u8 *option = toa_option_for(scan, TOA_ROLE_CLIENT);
	__u8 format = toa_format_in(scan->found[TOA_ROLE_CLIENT] >> TOA_FOUND_FORMAT);
	const struct toa_layout *layout = toa_layout_of(format);

	found->kind = option[0];
	found->ipv4 = layout->address_size == sizeof(__be32);
	found->client_port = toa_read_port(option, layout->client_port);
	toa_read_address(&found->client, option + (layout->client & 31), layout->address_size);
	if (scan->matches[TOA_ROLE_VIRTUAL])
		toa_read_details(found, toa_option_for(scan, TOA_ROLE_VIRTUAL), toa_layout_of(TOA_FORMAT_VIRTUAL));
	if (scan->matches[TOA_ROLE_NETWORK])
		toa_read_details(found, toa_option_for(scan, TOA_ROLE_NETWORK), toa_layout_of(TOA_FORMAT_NETWORK));
	toa_read_details(found, option, layout);
	return format;
}

/*
 * Reads a connection, all but its format: that makes the address visible to readers on other CPUs,
 * which take no lock. Returns the format, or TOA_FORMAT_NONE, and counts that, if no client can
 * have this address and port.
 */
static __always_inline __u8 toa_read_connection(struct toa_connection *found, const struct toa_scan *scan,
						struct bpf_sock *sk)
{
	__u8 format = toa_read_options(found, scan);

	if ((!found->client_port && toa_layout_of(format)->client_port) || !toa_address_is_usable(&found->client)) {
		toa_count(TOA_COUNT_ADDRESS_UNUSABLE);
		return TOA_FORMAT_NONE;
	}
	found->peer = scan->peer.address;
	toa_address_of_local(&found->local, sk);
	found->peer_port = sk->dst_port;
	found->local_port = bpf_htons(sk->src_port);
	return format;
}

/* Counts the result of a scan. True if it found a client from a trusted peer. */
static __always_inline bool toa_judge(struct toa_scan *scan, struct bpf_sock *sk)
{
	if (scan->matches[TOA_ROLE_CLIENT] > 1)
		toa_count(TOA_COUNT_OPTION_DUPLICATE);
	if (toa_found_client(scan)) {
		scan->peer.bits = 128;
		toa_address_of_peer(&scan->peer.address, sk);
		if (toa_trust_allows(&scan->peer))
			return true;
		toa_count(TOA_COUNT_UNTRUSTED);
	} else if (scan->matches[TOA_ROLE_CLIENT]) {
		toa_count(TOA_COUNT_ADDRESS_UNUSABLE);
	} else if (scan->malformed) {
		toa_count(TOA_COUNT_OPTION_MALFORMED);
	} else if (scan->wrong) {
		toa_count(TOA_COUNT_OPTION_WRONG_LENGTH);
	}
	return false;
}

static __always_inline void toa_count_alloc(const struct toa_connection *found)
{
	toa_count(found->ipv4 ? TOA_COUNT_IP4_ADDRESS_ALLOC : TOA_COUNT_IP6_ADDRESS_ALLOC);
}

static __always_inline void toa_watch(struct bpf_sock_ops *ctx, int flags)
{
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | flags);
}

/* Waits up to the first data. If another program uses the callback already, it stays on afterwards. */
static __always_inline void toa_wait_for_data(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	struct toa_held *held = toa_store_open(sk);

	if (!held)
		return;
	held->waits = 1;
	held->waited = 1;
	held->parses = !(ctx->bpf_sock_ops_cb_flags & BPF_SOCK_OPS_PARSE_UNKNOWN_HDR_OPT_CB_FLAG);
	toa_watch(ctx, BPF_SOCK_OPS_PARSE_UNKNOWN_HDR_OPT_CB_FLAG | BPF_SOCK_OPS_STATE_CB_FLAG);
}

/* Stores the client that the scan found. False, and counted, if it is not usable or if there is no memory. */
static __always_inline bool toa_hold(const struct toa_scan *scan, struct bpf_sock *sk)
{
	struct toa_held *held = toa_store_open(sk);
	__u8 format;

	if (!held)
		return false;
	format = toa_read_connection(&held->connection, scan, sk);
	if (!format) {
		bpf_sk_storage_delete(&toa_held, sk);
		return false;
	}
	held->connection.format = format;
	toa_count_alloc(&held->connection);
	return true;
}

static __always_inline bool toa_learn(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	const struct toa_settings *settings = toa_settings_now();
	__u32 size = toa_options_size(ctx);
	struct toa_scan *scan;
	bool is_known;

	if (!settings)
		return false;
	/* With Fast Open, the SYN itself is the last segment. */
	if (ctx->skb_tcp_flags & TOA_TCP_SYN && !settings->syn)
		size = 0;
	if (!size && !settings->syn && !settings->first_data)
		return false;

	scan = toa_scan_open(sk, size, ctx->skb_tcp_flags & TOA_TCP_SYN);
	if (!scan)
		return false;
	toa_scan_handshake(ctx, scan, settings);
	is_known = toa_judge(scan, sk) && toa_hold(scan, sk);
	if (settings->first_data && !toa_found_client(scan))
		toa_wait_for_data(ctx, sk);
	/* At the end: with a socket's last storage, the kernel also frees what its storages share. */
	bpf_sk_storage_delete(&toa_scans, sk);
	return is_known;
}

static __always_inline void toa_handshake_done(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	if (!toa_learn(ctx, sk)) {
		toa_count(TOA_COUNT_SYN_RECV_SOCK_NO_TOA);
		return;
	}
	toa_count(TOA_COUNT_SYN_RECV_SOCK_TOA);
	/* To count the end of the connection. */
	toa_watch(ctx, BPF_SOCK_OPS_STATE_CB_FLAG);
}

/* The kernel then keeps the SYN of each connection until TCP_SAVED_SYN reads it or the connection ends. */
static __always_inline void toa_save_syn(struct bpf_sock_ops *ctx)
{
	const struct toa_settings *settings = toa_settings_now();
	int on = 1;

	if (settings && settings->syn)
		bpf_setsockopt(ctx, TOA_SOL_TCP, TOA_TCP_SAVE_SYN, &on, sizeof(on));
}

#endif
