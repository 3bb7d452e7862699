// SPDX-License-Identifier: MIT OR GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/in.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/addrconf.h>
#include <net/tcp.h>

#include "compat/saved_syn.h"
#include "compat/socket.h"
#include "counters.h"
#include "flow.h"
#include "handshake.h"
#include "settings.h"
#include "steps.h"
#include "store.h"

/* Looks at the options of the SYN, if it was saved. */
static void toa_handshake_scan_syn(const struct sock *child, struct toa_option_scan *scan)
{
	struct toa_option_scan scan_syn;
	const struct tcphdr *syn;
	unsigned int size;

	syn = toa_saved_syn(child, &size);
	if (!syn)
		return;
	toa_formats_scan(syn, size, &scan_syn);
	if (scan_syn.status == TOA_OPTION_FOUND || scan_syn.status == TOA_OPTION_FAST_OPEN)
		*scan = scan_syn;
}

/*
 * Looks at the options of the segment that completed the handshake. Without a TOA option there, it
 * looks at the SYN, if the setting asks for it.
 */
static void toa_handshake_scan(const struct sock *child, const struct sk_buff *skb,
			       struct toa_option_scan *scan)
{
	/* tcp_v4_rcv and tcp_v6_rcv have pulled the header with all its options. */
	const struct tcphdr *last = tcp_hdr(skb);
	bool take_syn = toa_setting(syn);

	/* With Fast Open, the SYN itself is the last segment. */
	if (last->syn && !take_syn)
		*scan = (struct toa_option_scan) { .status = TOA_OPTION_ABSENT };
	else
		toa_formats_scan(last, tcp_hdrlen(skb), scan);
	if (take_syn && scan->status != TOA_OPTION_FOUND)
		toa_handshake_scan_syn(child, scan);
}

static __be16 toa_handshake_read_port(const u8 *option, unsigned int offset)
{
	__be16 port = 0;

	if (offset)
		memcpy(&port, option + offset, sizeof(port));
	return port;
}

static void toa_handshake_read_address(struct in6_addr *addr, const u8 *from, unsigned int size)
{
	__be32 ipv4;

	if (size == sizeof(*addr)) {
		memcpy(addr, from, sizeof(*addr));
	} else {
		memcpy(&ipv4, from, sizeof(ipv4));
		ipv6_addr_set_v4mapped(ipv4, addr);
	}
}

static u32 toa_handshake_read_network_id(const u8 *from, const struct toa_layout *layout)
{
	u32 id = 0;
	unsigned int i;

	for (i = 0; i < layout->network_id_size; i++)
		id |= (u32)from[i] << 8 * (layout->network_id_is_little ?
					   i : layout->network_id_size - 1 - i);
	return id;
}

/* Reads the other fields of an option. */
static void toa_handshake_read_details(struct toa_client *client, const u8 *option,
				       const struct toa_layout *layout)
{
	if (layout->virtual_addr) {
		toa_handshake_read_address(&client->virtual_addr, option + layout->virtual_addr,
					   layout->address_size);
		client->virtual_port = toa_handshake_read_port(option, layout->virtual_port);
	}
	if (layout->network_id)
		client->network_id = toa_handshake_read_network_id(option + layout->network_id,
								   layout);
}

/*
 * Reads the options that a scan found. The option with the client is read last: other options do
 * not change its fields.
 */
static void toa_handshake_read_options(struct toa_client *client,
				       const struct toa_option_scan *scan)
{
	const struct toa_layout *layout = toa_formats_layout(scan->format);

	client->kind = scan->client[0];
	client->format = scan->format;
	client->ipv4 = layout->address_size == sizeof(__be32);
	client->port = toa_handshake_read_port(scan->client, layout->client_port);
	toa_handshake_read_address(&client->addr, scan->client + layout->client,
				   layout->address_size);
	memset(&client->virtual_addr, 0, sizeof(client->virtual_addr));
	client->virtual_port = 0;
	client->network_id = 0;
	if (scan->virtual_option)
		toa_handshake_read_details(client, scan->virtual_option,
					   toa_formats_layout(TOA_FORMAT_VIRTUAL));
	if (scan->network_option)
		toa_handshake_read_details(client, scan->network_option,
					   toa_formats_layout(TOA_FORMAT_NETWORK));
	toa_handshake_read_details(client, scan->client, layout);
}

/*
 * False for what cannot be a client's: an unspecified, loopback or multicast address, and port 0 if
 * the format has a port.
 */
static bool toa_handshake_is_usable(const struct toa_client *client)
{
	const struct in6_addr *addr = &client->addr;

	if (!client->port && toa_formats_layout(client->format)->client_port)
		return false;
	if (ipv6_addr_v4mapped(addr)) {
		__be32 addr4 = addr->s6_addr32[3];

		return addr4 != htonl(INADDR_ANY) && !ipv4_is_loopback(addr4) &&
		       !ipv4_is_multicast(addr4);
	}
	return !ipv6_addr_any(addr) && !ipv6_addr_loopback(addr) && !ipv6_addr_is_multicast(addr);
}

static noinline void toa_handshake_debug(const struct toa_connection *connection, bool trusted,
					 bool usable)
{
	const struct toa_client *client = &connection->client;
	struct toa_endpoint peer = toa_flow_peer(&connection->flow);

	pr_info_ratelimited("option %u from %pI6c port %u names client %pI6c port %u%s\n",
			    client->kind, &peer.addr, ntohs(peer.port), &client->addr,
			    ntohs(client->port), !trusted ? ": not trusted" :
			    !usable ? ": not a client's address" : "");
}

/* Whether the client of an option counts. If not, counts the reason. */
static bool toa_handshake_accepts(const struct toa_connection *connection)
{
	bool trusted = toa_trust_allows(&connection->flow);
	bool usable = toa_handshake_is_usable(&connection->client);

	if (unlikely(toa_setting(debug)))
		toa_handshake_debug(connection, trusted, usable);
	if (trusted && usable)
		return true;
	toa_counters_add(connection->counters,
			 trusted ? TOA_MIB_ADDRESS_UNUSABLE : TOA_MIB_UNTRUSTED);
	return false;
}

/* Counts what is wrong with the options. */
static void toa_handshake_count_faults(const struct toa_option_scan *scan,
				       struct toa_counters __percpu *counters)
{
	if (scan->duplicates)
		toa_counters_add(counters, TOA_MIB_OPTION_DUPLICATE);
	switch (scan->status) {
	case TOA_OPTION_MALFORMED:
		toa_counters_add(counters, TOA_MIB_OPTION_MALFORMED);
		break;
	case TOA_OPTION_WRONG_LENGTH:
		toa_counters_add(counters, TOA_MIB_OPTION_WRONG_LENGTH);
		break;
	case TOA_OPTION_FAST_OPEN:
		toa_counters_add(counters, TOA_MIB_ADDRESS_UNUSABLE);
		break;
	case TOA_OPTION_ABSENT:
	case TOA_OPTION_FOUND:
		break;
	}
}

/*
 * Whether the segment has no options but timestamps, in the alignment that all stacks use: most
 * clients send nothing else.
 */
static bool toa_handshake_has_only_timestamps(const struct tcphdr *th)
{
	const __be32 *options = (const __be32 *)(th + 1);

	return th->doff * 4 == sizeof(*th) ||
	       (th->doff * 4 == sizeof(*th) + TCPOLEN_TSTAMP_ALIGNED &&
		*options == htonl(TCPOPT_NOP << 24 | TCPOPT_NOP << 16 |
				  TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP));
}

/* Stores the client that an option of the handshake names. False if nothing was stored. */
static bool toa_handshake_store_client(struct sock *child, const struct sk_buff *skb,
				       struct toa_counters __percpu *counters)
{
	struct toa_connection connection;
	struct toa_option_scan scan;

	toa_handshake_scan(child, skb, &scan);
	toa_handshake_count_faults(&scan, counters);
	if (!scan.client)
		return false;
	toa_flow_read(&connection.flow, child);
	connection.net_id = toa_net_id(sock_net(child));
	connection.counters = counters;
	toa_handshake_read_options(&connection.client, &scan);
	if (!toa_handshake_accepts(&connection))
		return false;
	if (!toa_store_add(child, &connection)) {
		toa_counters_add(counters, TOA_MIB_NO_MEMORY);
		return false;
	}
	toa_counters_add(counters, connection.client.ipv4 ? TOA_MIB_IP4_ADDRESS_ALLOC :
							    TOA_MIB_IP6_ADDRESS_ALLOC);
	return true;
}

/**
 * toa_handshake_done() - reads the client of a new connection
 * @child: what syn_recv_sock returned: the new socket, locked, or NULL
 * @skb: the segment that completed the handshake
 * @own_req: what syn_recv_sock has set if there is a child: whether its caller uses the child.
 *           NULL where a kernel makes one child at a time.
 *
 * Not to be called for tcp_v4_syn_recv_sock unless toa_handshake_is_ipv4.
 */
void toa_handshake_done(struct sock *child, const struct sk_buff *skb, const bool *own_req)
{
	struct toa_counters __percpu *counters;
	bool stored;

	/* Two segments can complete one handshake: the loser's child is dead already. */
	if (!child || (own_req && !*own_req))
		return;
	/*
	 * Sockets of the kernel's own that do not hold their namespace can outlive it, and our
	 * counters with it. So nothing is stored for them: they are NFS's, SMB's, and those under
	 * AF_SMC in some kernels.
	 */
	if (!toa_socket_holds_net(child))
		return;
	/* Of an earlier connection of this struct sock, if the hooks were off at its end. */
	toa_store_remove(child);
	counters = toa_counters_of(sock_net(child));
	stored = (toa_setting(syn) || !toa_handshake_has_only_timestamps(tcp_hdr(skb))) &&
		 toa_handshake_store_client(child, skb, counters);
	toa_counters_add(counters, stored ? TOA_MIB_SYN_RECV_SOCK_TOA :
					    TOA_MIB_SYN_RECV_SOCK_NO_TOA);
}

/* Tells the log of a setting that this kernel cannot follow. */
void toa_handshake_warn(void)
{
	if (toa_setting(syn) && !TOA_SYN_CAN_BE_SAVED)
		pr_warn("syn=Y: this kernel cannot save the SYN (TCP_SAVE_SYN requires Linux 4.2), so TOA options on a SYN are read with TCP Fast Open only\n");
}
