// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/in.h>
#include <linux/skbuff.h>
#include <linux/string.h>
#include <linux/tcp.h>
#include <net/addrconf.h>
#include <net/tcp.h>

#include "compat/saved_syn.h"
#include "compat/socket.h"
#include "flow.h"
#include "handshake.h"
#include "kinds.h"
#include "settings.h"
#include "stats.h"
#include "store.h"
#include "toa.h"
#include "trust.h"

static struct toa_option_scan scan_header(const struct tcphdr *th, unsigned int size)
{
	return toa_kinds_scan((const u8 *)(th + 1), toa_option_area((const u8 *)th, size));
}

/*
 * The options of the segment that completed the handshake, and where the setting
 * asks for it and there are none, those of the SYN.
 */
static struct toa_option_scan scan_handshake(const struct sock *child, const struct sk_buff *skb)
{
	static const struct toa_option_scan nothing;
	/* tcp_v4_rcv and tcp_v6_rcv have pulled the header with all its options. */
	const struct tcphdr *last = tcp_hdr(skb), *syn;
	struct toa_option_scan scan = nothing, scan_syn;
	bool take_syn = toa_setting(&toa_settings.syn);
	unsigned int size;

	/* With Fast Open, the SYN itself is the last segment. */
	if (!last->syn || take_syn)
		scan = scan_header(last, tcp_hdrlen(skb));
	if (scan.status == TOA_OPTION_FOUND || !take_syn)
		return scan;

	syn = toa_saved_syn(child, &size);
	if (!syn)
		return scan;
	scan_syn = scan_header(syn, size);
	return scan_syn.status == TOA_OPTION_FOUND ? scan_syn : scan;
}

/* Reads a valid option, from its kind byte on. */
static void client_read(struct toa_client *client, const u8 *option)
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

/* False for port 0 and for unspecified, loopback and multicast addresses: no client has these. */
static bool client_usable(const struct toa_client *client)
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

/* Whether the client of an option counts. If not, counts the reason. */
static bool client_accepted(const struct toa_client *client, const struct sock *child)
{
	struct toa_flow flow = toa_flow_of(child);
	struct toa_endpoint peer = toa_flow_peer(&flow);
	bool trusted = toa_trust_allows(&peer.addr), usable = client_usable(client);

	toa_debug("option %u from %pI6c port %u names client %pI6c port %u%s\n", client->kind,
		  &peer.addr, ntohs(peer.port), &client->addr, ntohs(client->port),
		  !trusted ? ": not trusted" : !usable ? ": not a client's address" : "");
	if (trusted && usable)
		return true;
	toa_count(sock_net(child), trusted ? TOA_MIB_ADDRESS_UNUSABLE : TOA_MIB_UNTRUSTED);
	return false;
}

/* Reads the client of a new connection. False, and counted, where there is none to believe. */
static bool read_client(struct toa_client *client, const struct sock *child,
			const struct sk_buff *skb)
{
	struct toa_option_scan scan = scan_handshake(child, skb);
	const struct net *net = sock_net(child);

	if (scan.duplicates)
		toa_count(net, TOA_MIB_OPTION_DUPLICATE);
	switch (scan.status) {
	case TOA_OPTION_FOUND:
		break;
	case TOA_OPTION_MALFORMED:
		toa_count(net, TOA_MIB_OPTION_MALFORMED);
		return false;
	case TOA_OPTION_WRONG_LENGTH:
		toa_count(net, TOA_MIB_OPTION_WRONG_LENGTH);
		return false;
	case TOA_OPTION_ABSENT:
		return false;
	}

	client_read(client, scan.found);
	return client_accepted(client, child);
}

/*
 * Whether the segment has no options but timestamps, in the alignment that all stacks use: most
 * clients send nothing else.
 */
static bool has_only_timestamps(const struct tcphdr *th)
{
	const __be32 *options = (const __be32 *)(th + 1);

	return th->doff * 4 == sizeof(*th) ||
	       (th->doff * 4 == sizeof(*th) + TCPOLEN_TSTAMP_ALIGNED &&
		*options == htonl(TCPOPT_NOP << 24 | TCPOPT_NOP << 16 |
				  TCPOPT_TIMESTAMP << 8 | TCPOLEN_TIMESTAMP));
}

static bool remember(struct sock *child, const struct sk_buff *skb)
{
	struct toa_client client;

	if (!read_client(&client, child, skb))
		return false;
	if (!toa_store_set(child, &client)) {
		toa_count(sock_net(child), TOA_MIB_NO_MEMORY);
		return false;
	}
	return true;
}

void toa_handshake_done(struct sock *child, const struct sk_buff *skb, const bool *own_req)
{
	bool stored;

	/* Two segments can complete one handshake: the loser's child is dead already. */
	if (!child || (own_req && !*own_req))
		return;
	/*
	 * Sockets of the kernel's own that do not hold their namespace can outlive it,
	 * and our counters with it. No program asks for their clients.
	 */
	if (!toa_socket_holds_net(child))
		return;
	/* Held for an earlier connection of this struct sock, if the hooks did not see its end. */
	toa_store_remove(child);
	stored = (toa_setting(&toa_settings.syn) || !has_only_timestamps(tcp_hdr(skb))) &&
		 remember(child, skb);
	toa_count(sock_net(child), stored ? TOA_MIB_SYN_RECV_SOCK_TOA :
					    TOA_MIB_SYN_RECV_SOCK_NO_TOA);
}

void toa_handshake_warn(void)
{
	if (toa_setting(&toa_settings.syn) && !TOA_SYN_CAN_BE_SAVED)
		pr_warn("syn=Y: this kernel cannot save the SYN (TCP_SAVE_SYN requires Linux 4.2), so TOA options on a SYN are read with TCP Fast Open only\n");
}
