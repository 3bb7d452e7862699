/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* accept and getpeername return the real client. */
#ifndef TOA_BPF_PEERNAME_H
#define TOA_BPF_PEERNAME_H

#include "store.h"

/*
 * An IPv6 client of an IPv4 connection (NAT64) only with nat64_getpeername, and only on a dual-mode
 * socket: programs must not get another family unexpectedly.
 */
static __always_inline const struct toa_connection *toa_client_to_show(struct bpf_sock_addr *ctx, bool ipv6_too)
{
	const struct toa_connection *connection = ctx->sk ? toa_store_get(ctx->sk, TOA_ASKED_NAME) : NULL;
	const struct toa_settings *settings;

	if (!connection)
		return NULL;
	if (!toa_is_named(connection)) {
		settings = ipv6_too ? toa_settings_now() : NULL;
		if (!settings || !settings->nat64_getpeername)
			return NULL;
	}
	toa_count(TOA_COUNT_GETNAME_TOA_OK);
	return connection;
}

static __always_inline void toa_peername_v4(struct bpf_sock_addr *ctx)
{
	const struct toa_connection *connection = toa_client_to_show(ctx, false);

	if (!connection)
		return;
	ctx->user_ip4 = connection->client.word[3];
	ctx->user_port = connection->client_port;
}

static __always_inline void toa_peername_v6(struct bpf_sock_addr *ctx)
{
	const struct toa_connection *connection = toa_client_to_show(ctx, true);

	if (!connection)
		return;
	ctx->user_ip6[0] = connection->client.word[0];
	ctx->user_ip6[1] = connection->client.word[1];
	ctx->user_ip6[2] = connection->client.word[2];
	ctx->user_ip6[3] = connection->client.word[3];
	ctx->user_port = connection->client_port;
}

#endif
