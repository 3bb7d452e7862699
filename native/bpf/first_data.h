/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Some balancers write the TOA option on data segments only, so it is looked for up to the
 * first data. accept may have returned the balancer's address by then. If a program has
 * already got an answer that the TOA option would change, the TOA option is counted and not
 * accepted: the peer of a connection never changes.
 */
#ifndef TOA_BPF_FIRST_DATA_H
#define TOA_BPF_FIRST_DATA_H

#include "handshake.h"

static __always_inline void toa_stop_waiting(struct bpf_sock_ops *ctx, struct toa_held *held)
{
	held->waits = 0;
	if (held->parses)
		bpf_sock_ops_cb_flags_set(ctx,
					  ctx->bpf_sock_ops_cb_flags & ~BPF_SOCK_OPS_PARSE_UNKNOWN_HDR_OPT_CB_FLAG);
}

/* The questions (TOA_ASKED_...) that have another answer once the address is known. */
static __always_inline __u32 toa_answers_changed(const struct toa_connection *connection,
						 const struct toa_settings *settings)
{
	return toa_is_named(connection) || settings->nat64_getpeername ? TOA_ASKED_NAME | TOA_ASKED_OPTION :
									 TOA_ASKED_OPTION;
}

/* Stores the client that the scan found, unless a program has already got an answer without it. */
static __always_inline void toa_take_late(struct toa_held *held, struct toa_scan *scan,
					  const struct toa_settings *settings, struct bpf_sock *sk)
{
	const struct toa_connection *found = &held->connection;
	__u8 format;

	if (!toa_judge(scan, sk))
		return;
	format = toa_read_connection(&held->connection, scan, sk);
	if (!format)
		return;
	if (!toa_store_publish(held, format, toa_answers_changed(found, settings))) {
		toa_count(TOA_COUNT_FIRST_DATA_LATE);
		return;
	}
	toa_count(TOA_COUNT_FIRST_DATA_TOA);
	toa_count_alloc(found);
}

static __always_inline void toa_first_data(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	const struct toa_settings *settings = toa_settings_now();
	struct toa_held *held = bpf_sk_storage_get(&toa_held, sk, 0, 0);
	struct toa_scan *scan;
	__u32 size;

	/* No held->waits: another program turned on the callback for headers. */
	if (!settings || !held || !held->waits)
		return;
	if (ctx->bytes_received || !settings->first_data) {
		toa_stop_waiting(ctx, held);
		return;
	}
	size = toa_options_size(ctx);
	if (!size)
		return;
	scan = toa_scan_open(sk, size, 0);
	if (!scan)
		return;
	toa_copy_options(ctx, scan);
	toa_scan_options(scan, settings);
	if (scan->matches[TOA_ROLE_CLIENT])
		toa_stop_waiting(ctx, held);
	toa_take_late(held, scan, settings, sk);
	bpf_sk_storage_delete(&toa_scans, sk);
}

#endif
