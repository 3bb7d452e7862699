/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The clients of live connections, by socket.
 *
 * The kernel gives modules no field in struct sock that is free for them
 * (sk_user_data belongs to kTLS, sockmap and others), so the addresses live in a
 * hash table of their own. Lookups take no lock. A socket's address may be reused
 * after it was freed: so each answer is checked against the connection it was
 * stored for.
 */
#ifndef TOA_KMOD_STORE_H
#define TOA_KMOD_STORE_H

#include <linux/hash.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <net/sock.h>

#include "flow.h"

/* The real client of a connection, as a TOA option names it. */
struct toa_client {
	struct in6_addr addr;	/* IPv4 clients as ::ffff:a.b.c.d */
	__be16 port;
	u8 kind;		/* the option's */
	bool ipv4;		/* which of the two layouts the option had */
};

struct toa_connection {
	struct toa_flow flow;
	struct toa_client client;
	const struct net *net;	/* not a reference, never followed */
};

/*
 * Raw locks with interrupts off: a socket can be freed in any context, on
 * PREEMPT_RT too, and they are held for a few instructions.
 */
struct toa_bucket {
	raw_spinlock_t lock;
	u32 first_place;	/* of the newest entry: counts down, because that is the first */
	struct hlist_nulls_head entries;
};

extern struct toa_bucket *toa_buckets;
extern unsigned int toa_bucket_bits;

static inline struct toa_bucket *toa_bucket_of(const struct sock *sk)
{
	return &toa_buckets[hash_ptr(sk, toa_bucket_bits)];
}

static inline bool toa_bucket_is_empty(const struct toa_bucket *bucket)
{
	return is_a_nulls(READ_ONCE(bucket->entries.first));
}

int toa_store_init(void);

/* Only once nobody can call in here any more. */
void toa_store_exit(void);

/* For a new socket, for which nothing is held. False if there is no memory. */
bool toa_store_set(struct sock *sk, const struct toa_client *client);

void toa_store_remove(const struct sock *sk);

/*
 * False if no client is stored for this socket. Inline and without RCU, for ftrace callbacks:
 * they ask for every socket, and most buckets are empty.
 */
static inline bool toa_store_may_have(const struct sock *sk)
{
	return !toa_bucket_is_empty(toa_bucket_of(sk));
}

/* The slow part of toa_store_get. */
const struct toa_connection *toa_store_lookup(const struct sock *sk);

/* The client of the connection of this socket, or NULL. It stays as long as the socket is held. */
static inline const struct toa_connection *toa_store_get(const struct sock *sk)
{
	return toa_store_may_have(sk) ? toa_store_lookup(sk) : NULL;
}

/*
 * Copies the first connection of a namespace at or behind a position, and sets the
 * position to its own: adding one to it goes on to the next. Positions begin at 1.
 * What comes and goes meanwhile may be missed; what stays is seen, once.
 */
bool toa_store_walk(loff_t *position, const struct net *net, struct toa_connection *connection);

#endif
