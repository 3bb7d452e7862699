// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "complain.h"
#include "networks.h"

#define MAPPED_BITS	96	/* of ::ffff:0:0/96, which contains IPv4 addresses */

static void mask(struct toa_address *address, unsigned int bits)
{
	unsigned char *bytes = (unsigned char *)address;
	unsigned int i;

	for (i = 0; i < sizeof(*address); i++, bits = bits > 8 ? bits - 8 : 0)
		bytes[i] &= bits >= 8 ? 0xff : (unsigned char)~(0xff >> bits);
}

bool network_is_ipv4(const struct toa_network *network)
{
	return network->bits >= MAPPED_BITS && IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)&network->address);
}

static const char *address_of(const struct toa_network *network, char text[INET6_ADDRSTRLEN])
{
	if (network_is_ipv4(network))
		return inet_ntop(AF_INET, &network->address.word[3], text, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, &network->address, text, INET6_ADDRSTRLEN);
}

static unsigned int bits_of(const struct toa_network *network)
{
	return network_is_ipv4(network) ? network->bits - MAPPED_BITS : network->bits;
}

/* Reads ADDRESS or ADDRESS/BITS, without spaces around it. */
static bool parse_network(char *word, struct toa_network *network)
{
	struct toa_network masked;
	char *slash = strchr(word, '/'), *end;
	unsigned long bits, most;
	char text[INET6_ADDRSTRLEN];
	size_t length = slash ? (size_t)(slash - word) : strlen(word);

	if (length >= sizeof(text))
		goto nonsense;
	memcpy(text, word, length);
	text[length] = 0;
	memset(network, 0, sizeof(*network));
	if (inet_pton(AF_INET, text, &network->address.word[3]) == 1) {
		network->address.word[2] = htonl(0xffff);
		most = 32;
	} else if (inet_pton(AF_INET6, text, &network->address) == 1) {
		most = 128;
	} else {
		goto nonsense;
	}
	bits = most;
	if (slash) {
		errno = 0;
		bits = strtoul(slash + 1, &end, 10);
		if (!isdigit((unsigned char)slash[1]) || *end || errno || bits > most)
			goto nonsense;
	}
	network->bits = most == 32 ? bits + MAPPED_BITS : bits;
	masked = *network;
	mask(&masked.address, network->bits);
	if (memcmp(&masked.address, &network->address, sizeof(masked.address))) {
		complain("trusted: '%s' is not a network: host bits are set. Use %s/%u", word,
			 address_of(&masked, text), bits_of(&masked));
		return false;
	}
	return true;

nonsense:
	complain("trusted: '%s' is not a network: use 10.0.0.16/28 or 2001:db8::/64", word);
	return false;
}

bool networks_add(struct networks *networks, const struct toa_network *network)
{
	struct toa_network *grown;

	if (networks->count == TOA_MOST_NETWORKS) {
		complain("trusted: too many networks: the maximum is %d", TOA_MOST_NETWORKS);
		return false;
	}
	grown = realloc(networks->network, (networks->count + 1) * sizeof(*grown));
	if (!grown)
		return false;
	networks->network = grown;
	grown[networks->count++] = *network;
	return true;
}

bool networks_parse(struct networks *networks, const char *text)
{
	char *copy = strdup(text), *rest = copy, *word;
	bool sound = copy;

	while (sound && (word = strsep(&rest, ","))) {
		struct toa_network network;
		char *end;

		while (isspace((unsigned char)*word))
			word++;
		for (end = word + strlen(word); end > word && isspace((unsigned char)end[-1]); end--)
			end[-1] = 0;
		if (*word)
			sound = parse_network(word, &network) && networks_add(networks, &network);
	}
	free(copy);
	return sound;
}

static int compare(const void *a, const void *b)
{
	const struct toa_network *left = a, *right = b;
	int order = network_is_ipv4(right) - network_is_ipv4(left);

	if (!order)
		order = memcmp(&left->address, &right->address, sizeof(left->address));
	return order ? order : (int)left->bits - (int)right->bits;
}

static bool contains(const struct toa_network *network, const struct toa_network *other)
{
	struct toa_address masked = other->address;

	mask(&masked, network->bits);
	return network_is_ipv4(network) == network_is_ipv4(other) && network->bits <= other->bits &&
	       !memcmp(&masked, &network->address, sizeof(masked));
}

void networks_tidy(struct networks *networks)
{
	unsigned int i, kept = 0;

	if (!networks->count)
		return;
	qsort(networks->network, networks->count, sizeof(*networks->network), compare);
	for (i = 1; i < networks->count; i++)
		if (!contains(&networks->network[kept], &networks->network[i]))
			networks->network[++kept] = networks->network[i];
	networks->count = kept + 1;
}

void networks_print(const struct networks *networks, FILE *out)
{
	char text[INET6_ADDRSTRLEN];
	unsigned int i;

	if (!networks->count)
		fputs("any", out);
	for (i = 0; i < networks->count; i++)
		fprintf(out, "%s%s/%u", i ? "," : "", address_of(&networks->network[i], text),
			bits_of(&networks->network[i]));
}
