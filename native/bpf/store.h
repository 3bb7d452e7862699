/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The clients of live connections, in their sockets. */
#ifndef TOA_BPF_STORE_H
#define TOA_BPF_STORE_H

#include "address.h"

static __always_inline const struct toa_connection *toa_store_get(struct bpf_sock *sk)
{
	const struct toa_held *held = bpf_sk_storage_get(&toa_held, sk, 0, 0);

	return held && held->connection.length ? &held->connection : NULL;
}

static __always_inline void toa_store_remove(struct bpf_sock *sk)
{
	const struct toa_connection *connection = toa_store_get(sk);

	if (!connection)
		return;
	toa_count(connection->length == TOA_LENGTH_IPV4 ? TOA_COUNT_IP4_ADDRESS_FREE : TOA_COUNT_IP6_ADDRESS_FREE);
	bpf_sk_storage_delete(&toa_held, sk);
}

#endif
