/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The clients of live connections, by socket.
 *
 * struct sock has no field that is free for modules (sk_user_data belongs to kTLS, sockmap and
 * others), so this is a hash table of its own. Lookups take no lock.
 */
#ifndef TOA_KMOD_STORE_H
#define TOA_KMOD_STORE_H

#include <linux/hash.h>
#include <linux/list_nulls.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <net/sock.h>

#include "counters.h"
#include "flow.h"

/* The real client of a connection, and the other fields of TOA options. IPv4 as ::ffff:a.b.c.d. */
struct toa_client {
	struct in6_addr addr;
	__be16 port;
	__be16 virtual_port;	/* 0 if unknown */
	struct in6_addr virtual_addr;	/* to which the client connected; :: if unknown */
	u32 network_id;		/* 0 if unknown */
	u8 kind;		/* of the option that names the client */
	u8 format;		/* enum toa_format */
	bool ipv4;		/* whether the format's addresses are IPv4 */
};

struct toa_connection {
	struct toa_flow flow;
	struct toa_client client;
	u32 place;		/* in its bucket: larger than those before it */
	u64 net_id;		/* of toa_net_id */
	struct toa_counters __percpu *counters;	/* of its network namespace */
};

struct toa_bucket {
	raw_spinlock_t lock;
	u32 first_place;	/* of the newest entry: counts down, because that is the first */
	struct hlist_nulls_head entries;
};

extern struct toa_bucket *toa_store_buckets;
extern unsigned int toa_store_bits;

static inline struct toa_bucket *toa_store_bucket(const struct sock *sk)
{
	return &toa_store_buckets[hash_ptr(sk, toa_store_bits)];
}

static inline bool toa_store_bucket_is_empty(const struct toa_bucket *bucket)
{
	return is_a_nulls(READ_ONCE(bucket->entries.first));
}

/**
 * toa_store_may_have() - whether a client may be stored for a socket
 * @sk: any socket
 *
 * Needs neither a lock nor an RCU section. The ftrace callback of getname asks this in each call,
 * and most buckets are empty.
 *
 * Return: false if none is stored.
 */
static inline bool toa_store_may_have(const struct sock *sk)
{
	return !toa_store_bucket_is_empty(toa_store_bucket(sk));
}

bool toa_store_add(struct sock *sk, const struct toa_connection *connection);
void toa_store_remove_from(struct toa_bucket *bucket, const struct sock *sk);
const struct toa_connection *toa_store_get_from(const struct toa_bucket *bucket,
						const struct sock *sk);
bool toa_store_walk(loff_t *position, u64 net_id, struct toa_connection *connection);

/**
 * toa_store_counters() - the counters to count a connection with
 * @connection: what toa_store_get returned
 * @sk: its socket
 *
 * Return: the counters of the socket's network namespace.
 */
static inline struct toa_counters __percpu *
toa_store_counters(const struct toa_connection *connection, const struct sock *sk)
{
#ifdef TOA_NET_ID_IS_UNIQUE
	return connection->counters;
#else
	/* What is left of an earlier namespace may have the same number, but not its counters. */
	return toa_counters_of(sock_net(sk));
#endif
}

/**
 * toa_store_remove() - forgets the client of a socket
 * @sk: a socket that no other code uses: it is new, or the kernel destroys it
 */
static inline void toa_store_remove(const struct sock *sk)
{
	struct toa_bucket *bucket = toa_store_bucket(sk);

	if (!toa_store_bucket_is_empty(bucket))
		toa_store_remove_from(bucket, sk);
}

/**
 * toa_store_get() - the client of a connection
 * @sk: its socket, which the caller holds
 *
 * Return: what was stored for it, or NULL. It stays as long as the socket is held.
 */
static inline const struct toa_connection *toa_store_get(const struct sock *sk)
{
	const struct toa_bucket *bucket = toa_store_bucket(sk);

	return toa_store_bucket_is_empty(bucket) ? NULL : toa_store_get_from(bucket, sk);
}

#endif
