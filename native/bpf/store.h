/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The clients of live connections, stored with their sockets. */
#ifndef TOA_BPF_STORE_H
#define TOA_BPF_STORE_H

#include "address.h"

/* Whether accept and getpeername return the client by default: not an IPv6 client of an IPv4 connection (NAT64). */
static __always_inline bool toa_is_named(const struct toa_connection *connection)
{
	return connection->ipv4 || !toa_address_is_mapped(&connection->peer);
}

/*
 * Returns the stored address. Without one, records that a program has asked: the answer must not
 * change later. If the address may come while programs ask, the lock also makes all of it visible.
 */
static __always_inline const struct toa_connection *toa_store_get(struct bpf_sock *sk, __u32 asked)
{
	struct toa_held *held = bpf_sk_storage_get(&toa_held, sk, 0, 0);
	__u8 format;

	if (!held)
		return NULL;
	format = held->connection.format;
	if (held->waited) {
		bpf_spin_lock(&held->lock);
		format = held->connection.format;
		if (!format)
			held->asked |= asked;
		bpf_spin_unlock(&held->lock);
	}
	return format ? &held->connection : NULL;
}

/* Returns the socket's storage, created if missing. NULL, and counted, if there is no memory. */
static __always_inline struct toa_held *toa_store_open(struct bpf_sock *sk)
{
	struct toa_held *held = bpf_sk_storage_get(&toa_held, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!held)
		toa_count(TOA_COUNT_NO_MEMORY);
	return held;
}

/* Makes the address visible, unless a program has already been answered without it. */
static __always_inline bool toa_store_publish(struct toa_held *held, __u8 format, __u32 unless_asked)
{
	bool published;

	bpf_spin_lock(&held->lock);
	published = !(held->asked & unless_asked);
	if (published)
		held->connection.format = format;
	bpf_spin_unlock(&held->lock);
	return published;
}

/* The connection has ended. The address stays: accept returns the peer of a reset connection too. */
static __always_inline void toa_store_end(struct bpf_sock *sk)
{
	struct toa_held *held = bpf_sk_storage_get(&toa_held, sk, 0, 0);

	if (!held || held->ended || !held->connection.format)
		return;
	held->ended = 1;
	toa_count(held->connection.ipv4 ? TOA_COUNT_IP4_ADDRESS_FREE : TOA_COUNT_IP6_ADDRESS_FREE);
}

/* The socket is reused for another connection or as a listener. */
static __always_inline void toa_store_remove(struct bpf_sock *sk)
{
	toa_store_end(sk);
	bpf_sk_storage_delete(&toa_held, sk);
}

#endif
