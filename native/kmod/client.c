// SPDX-License-Identifier: GPL-2.0-only
#include <linux/in.h>
#include <linux/string.h>
#include <net/addrconf.h>

#include "toa.h"

#include "client.h"

void toa_client_read(struct toa_client *client, const u8 *option)
{
	client->kind = option[0];
	client->ipv4 = option[1] == TOA_LENGTH_IPV4;
	memcpy(&client->port, option + 2, sizeof(client->port));
	if (client->ipv4) {
		__be32 addr;

		memcpy(&addr, option + 4, sizeof(addr));
		ipv6_addr_set_v4mapped(addr, &client->addr);
	} else {
		memcpy(&client->addr, option + 4, sizeof(client->addr));
	}
}

bool toa_client_usable(const struct toa_client *client)
{
	const struct in6_addr *addr = &client->addr;

	if (!client->port)
		return false;
	if (ipv6_addr_v4mapped(addr)) {
		__be32 addr4 = addr->s6_addr32[3];

		return addr4 != htonl(INADDR_ANY) && !ipv4_is_loopback(addr4) &&
		       !ipv4_is_multicast(addr4);
	}
	return !ipv6_addr_any(addr) && !ipv6_addr_loopback(addr) && !ipv6_addr_is_multicast(addr);
}
