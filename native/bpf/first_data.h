/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Balancers that write the option on data only: it is looked for until the first data has
 * come. By then accept may have named the balancer. What was told once is not taken back:
 * where a program has asked already what the option would now change, the option is
 * counted and not believed, so no peer ever changes in mid-connection.
 */
#ifndef TOA_BPF_FIRST_DATA_H
#define TOA_BPF_FIRST_DATA_H

#include "handshake.h"

static __always_inline void toa_stop_waiting(struct bpf_sock_ops *ctx)
{
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags & ~BPF_SOCK_OPS_PARSE_UNKNOWN_HDR_OPT_CB_FLAG);
}

/* Which questions the address would have another answer to. */
static __always_inline __u32 toa_answers_changed(__u8 length, const struct toa_settings *settings)
{
	return length == TOA_LENGTH_IPV4 || settings->nat64_getpeername ? TOA_ASKED_NAME | TOA_ASKED_OPTION :
									  TOA_ASKED_OPTION;
}

static __always_inline void toa_first_data(struct bpf_sock_ops *ctx, struct bpf_sock *sk)
{
	const struct toa_settings *settings = toa_settings_now();
	struct toa_held *held = bpf_sk_storage_get(&toa_held, sk, 0, 0);
	__u32 size;
	__u8 length;

	/* Not ours: another program's wish to see headers brings us here too. */
	if (!settings || !held || held->connection.length)
		return;
	if (ctx->bytes_received || !settings->first_data) {
		toa_stop_waiting(ctx);
		return;
	}
	size = toa_options_size(ctx);
	if (!size)
		return;
	held->scan.size = size;
	toa_copy_options(ctx, &held->scan);
	toa_scan_options(&held->scan, settings);
	length = toa_judge(held, sk);
	if (!held->scan.matches)
		return;
	toa_stop_waiting(ctx);
	if (!length)
		return;
	if (!toa_store_publish(held, length, toa_answers_changed(length, settings))) {
		toa_count(TOA_COUNT_FIRST_DATA_LATE);
		return;
	}
	toa_count(TOA_COUNT_FIRST_DATA_TOA);
	toa_count_alloc(length);
}

#endif
