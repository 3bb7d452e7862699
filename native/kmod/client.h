/* SPDX-License-Identifier: GPL-2.0-only */
/* The real client of a connection, as a TOA option names it. */
#ifndef TOA_KMOD_CLIENT_H
#define TOA_KMOD_CLIENT_H

#include <linux/in6.h>
#include <linux/types.h>

struct toa_client {
	struct in6_addr addr;	/* IPv4 clients as ::ffff:a.b.c.d */
	__be16 port;
	u8 kind;		/* the option's */
	bool ipv4;		/* which of the two layouts the option had */
};

/* Reads a valid option, from its kind byte on. */
void toa_client_read(struct toa_client *client, const u8 *option);

/* Nobody can be reached at such an address, so no balancer means it. */
bool toa_client_usable(const struct toa_client *client);

#endif
