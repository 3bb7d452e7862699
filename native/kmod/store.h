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

#include <linux/types.h>

#include "flow.h"

struct net;
struct sock;

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
};

int toa_store_init(void);

/* Only once nobody can call in here any more. */
void toa_store_exit(void);

/* Replaces what was held for this socket. False if there is no memory: then nothing is held. */
bool toa_store_set(struct sock *sk, const struct toa_client *client);

void toa_store_remove(const struct sock *sk);

bool toa_store_get(const struct sock *sk, struct toa_client *client);

/*
 * Copies the first connection of a namespace at or behind a position, and sets the
 * position to its own: adding one to it goes on to the next. Positions begin at 1.
 * What comes and goes meanwhile may be missed; what stays is seen, once.
 */
bool toa_store_walk(loff_t *position, const struct net *net, struct toa_connection *connection);

#endif
