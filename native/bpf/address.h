/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Addresses of TOA options and of sockets, and the check against the trusted networks. */
#ifndef TOA_BPF_ADDRESS_H
#define TOA_BPF_ADDRESS_H

#include <bpf/bpf_endian.h>

#include "maps.h"

#define TOA_AF_INET6	10

static __always_inline void toa_address_map(struct toa_address *address, __be32 ipv4)
{
	address->word[0] = 0;
	address->word[1] = 0;
	address->word[2] = bpf_htonl(0xffff);
	address->word[3] = ipv4;
}

static __always_inline bool toa_address_is_mapped(const struct toa_address *address)
{
	return !address->word[0] && !address->word[1] && address->word[2] == bpf_htonl(0xffff);
}

/* False for unspecified, loopback and multicast addresses, which cannot be a client's. */
static __always_inline bool toa_address_is_usable(const struct toa_address *address)
{
	__u32 first = bpf_ntohl(address->word[0]), last = bpf_ntohl(address->word[3]);

	if (toa_address_is_mapped(address))
		return last && last >> 24 != 127 && last >> 28 != 14;
	if (!address->word[0] && !address->word[1] && !address->word[2] && last <= 1)
		return false;
	return first >> 24 != 0xff;
}

/*
 * The callers load all fields first, through volatile: clang would otherwise load from a
 * computed address, which the verifier refuses.
 */
static __always_inline void toa_address_choose(struct toa_address *address, __u32 family, __be32 ipv4,
					       const struct toa_address *ipv6)
{
	if (family == TOA_AF_INET6)
		*address = *ipv6;
	else
		toa_address_map(address, ipv4);
}

static __always_inline void toa_address_of_peer(struct toa_address *address, const volatile struct bpf_sock *sk)
{
	struct toa_address ipv6 = { { sk->dst_ip6[0], sk->dst_ip6[1], sk->dst_ip6[2], sk->dst_ip6[3] } };

	toa_address_choose(address, sk->family, sk->dst_ip4, &ipv6);
}

static __always_inline void toa_address_of_local(struct toa_address *address, const volatile struct bpf_sock *sk)
{
	struct toa_address ipv6 = { { sk->src_ip6[0], sk->src_ip6[1], sk->src_ip6[2], sk->src_ip6[3] } };

	toa_address_choose(address, sk->family, sk->src_ip4, &ipv6);
}

/* The peer is a network of one address. */
static __always_inline bool toa_trust_allows(const struct toa_network *peer)
{
	__u32 slot = toa_only;
	void *networks = bpf_map_lookup_elem(&toa_trusted, &slot);
	const __u8 *family;

	if (!networks)
		return true;
	family = bpf_map_lookup_elem(networks, peer);
	return family && *family == (toa_address_is_mapped(&peer->address) ? TOA_TRUSTED_IPV4 : TOA_TRUSTED_IPV6);
}

#endif
