// SPDX-License-Identifier: MIT OR GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/inet.h>
#include <linux/kernel.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <net/ipv6.h>

#include "compat/memory.h"
#include "compat/moduleparam.h"
#include "compat/rcu.h"
#include "flow.h"
#include "settings.h"

struct toa_network {
	struct in6_addr addr;	/* IPv4 as ::ffff:a.b.c.d */
	u8 bits;
	bool ipv4;		/* ::/0 contains ::ffff:a.b.c.d, but no IPv4 address */
};

/*
 * Sorted, IPv4 first, and none contains another: so the last network that begins at or
 * before an address is the only one that can contain it.
 */
struct toa_trust {
	unsigned int count;
	struct toa_network networks[];
};

static struct toa_trust __rcu *toa_trust;

static bool toa_trust_network_contains(const struct toa_network *network,
				       const struct in6_addr *addr, bool ipv4)
{
	return network->ipv4 == ipv4 && ipv6_prefix_equal(&network->addr, addr, network->bits);
}

static int toa_trust_compare_start(const struct toa_network *network,
				   const struct in6_addr *addr, bool ipv4)
{
	return network->ipv4 == ipv4 ? ipv6_addr_cmp(&network->addr, addr) : ipv4 - network->ipv4;
}

static bool toa_trust_list_contains(const struct toa_trust *list, const struct in6_addr *addr)
{
	unsigned int low = 0, high = list->count;
	bool ipv4 = ipv6_addr_v4mapped(addr);

	while (low < high) {
		unsigned int middle = low + (high - low) / 2;

		if (toa_trust_compare_start(&list->networks[middle], addr, ipv4) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low && toa_trust_network_contains(&list->networks[low - 1], addr, ipv4);
}

static bool toa_trust_list_allows(const struct toa_trust *list, const struct toa_flow *flow)
{
	struct toa_endpoint peer = toa_flow_peer(flow);

	return toa_trust_list_contains(list, &peer.addr);
}

/**
 * toa_trust_allows() - whether an option counts on this connection
 * @flow: the connection's addresses and ports
 *
 * Return: true if one of the trusted networks contains the transport peer, or if all sources are
 * trusted.
 */
bool toa_trust_allows(const struct toa_flow *flow)
{
	const struct toa_trust *list;
	bool allows;

	toa_rcu_read_lock();
	list = toa_rcu_dereference(toa_trust);
	allows = !list || toa_trust_list_allows(list, flow);
	toa_rcu_read_unlock();
	return allows;
}

/**
 * toa_trust_is_any() - whether all sources are trusted
 *
 * Return: true with trusted=any.
 */
bool toa_trust_is_any(void)
{
	return !rcu_access_pointer(toa_trust);
}

static int toa_trust_print(char *buffer, size_t size, const struct toa_network *network)
{
	if (network->ipv4)
		return snprintf(buffer, size, "%pI4/%u", &network->addr.s6_addr32[3],
				network->bits - 96);
	return snprintf(buffer, size, "%pI6c/%u", &network->addr, network->bits);
}

/* Reads ADDRESS or ADDRESS/BITS; says what is wrong with it. */
static int toa_trust_parse_network(const char *word, struct toa_network *network)
{
	const char *slash = strchrnul(word, '/');
	int length = slash - word;
	struct toa_network masked;
	__be32 addr4;
	u8 most, bits;

	if (in4_pton(word, length, (u8 *)&addr4, -1, NULL)) {
		ipv6_addr_set_v4mapped(addr4, &network->addr);
		most = 32;
	} else if (in6_pton(word, length, network->addr.s6_addr, -1, NULL)) {
		most = 128;
	} else {
		pr_err("trusted: '%s' is not a network: use 10.0.0.16/28 or 2001:db8::/64\n", word);
		return -EINVAL;
	}

	bits = most;
	if (*slash && (kstrtou8(slash + 1, 10, &bits) || bits > most)) {
		pr_err("trusted: '%s' is not a network: the prefix length must be 0 to %u\n",
		       word, most);
		return -EINVAL;
	}
	network->bits = bits + 128 - most;
	network->ipv4 = network->bits >= 96 && ipv6_addr_v4mapped(&network->addr);

	masked = *network;
	ipv6_addr_prefix(&masked.addr, &network->addr, network->bits);
	if (!ipv6_addr_equal(&masked.addr, &network->addr)) {
		char text[INET6_ADDRSTRLEN + sizeof("/128")];

		toa_trust_print(text, sizeof(text), &masked);
		pr_err("trusted: '%s' is not a network: host bits are set. Use %s\n", word, text);
		return -EINVAL;
	}
	return 0;
}

static int toa_trust_compare(const void *left, const void *right)
{
	const struct toa_network *a = left, *b = right;
	int order = toa_trust_compare_start(a, &b->addr, b->ipv4);

	return order ? order : a->bits - b->bits;
}

static void toa_trust_merge(struct toa_trust *list)
{
	unsigned int i, kept = 0;

	sort(list->networks, list->count, sizeof(list->networks[0]), toa_trust_compare, NULL);
	for (i = 0; i < list->count; i++) {
		const struct toa_network *network = &list->networks[i];

		if (kept && toa_trust_network_contains(&list->networks[kept - 1], &network->addr,
						       network->ipv4))
			continue;
		list->networks[kept++] = list->networks[i];
	}
	list->count = kept;
}

static unsigned int toa_trust_count_words(const char *text)
{
	unsigned int commas = 0;

	for (; *text; text++)
		commas += *text == ',';
	return commas + 1;
}

/*
 * The networks of a comma-separated list behind those of an older list. An empty list is an
 * error: a script with an unset variable would otherwise trust every source.
 */
static struct toa_trust *toa_trust_parse(char *text, const struct toa_trust *older)
{
	unsigned int count = older ? older->count : 0;
	struct toa_trust *list;
	char *word;

	list = kvzalloc(struct_size(list, networks, count + toa_trust_count_words(text)),
			GFP_KERNEL);
	if (!list)
		return ERR_PTR(-ENOMEM);
	if (older)
		memcpy(list->networks, older->networks, count * sizeof(older->networks[0]));

	while ((word = strsep(&text, ","))) {
		int err;

		word = strim(word);
		if (!*word)
			continue;
		err = toa_trust_parse_network(word, &list->networks[count]);
		if (err) {
			kvfree(list);
			return ERR_PTR(err);
		}
		count++;
	}
	list->count = count;
	toa_trust_merge(list);
	if (list->count)
		return list;
	kvfree(list);
	pr_err("trusted: the list is empty: use networks such as 10.0.0.16/28, or 'any' to accept TOA options from any source\n");
	return ERR_PTR(-EINVAL);
}

static struct toa_trust *toa_trust_for_writing(void)
{
	return rcu_dereference_protected(toa_trust, toa_param_lock_is_held());
}

static int toa_trust_set(const char *value, const struct kernel_param *kp)
{
	struct toa_trust *old = toa_trust_for_writing();
	bool add = *skip_spaces(value) == '+';
	struct toa_trust *list;
	char *text;

	text = kstrdup(add ? skip_spaces(value) + 1 : value, GFP_KERNEL);
	if (!text)
		return -ENOMEM;
	list = sysfs_streq(text, "any") && !add ? NULL : toa_trust_parse(text, add ? old : NULL);
	kfree(text);
	if (IS_ERR(list))
		return PTR_ERR(list);

	rcu_assign_pointer(toa_trust, list);
	if (old) {
		synchronize_rcu();
		kvfree(old);
	}
	return 0;
}

static int toa_trust_get(char *buffer, const struct kernel_param *kp)
{
	const struct toa_trust *list = toa_trust_for_writing();
	const size_t longest = sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128,");
	size_t at = 0;
	unsigned int i;

	if (!list)
		at += scnprintf(buffer, PAGE_SIZE, "any");
	for (i = 0; list && i < list->count; i++) {
		if (at + 2 * longest > PAGE_SIZE) {
			at += scnprintf(buffer + at, PAGE_SIZE - at, ",... (%u more)",
					list->count - i);
			break;
		}
		if (i)
			buffer[at++] = ',';
		at += toa_trust_print(buffer + at, PAGE_SIZE - at, &list->networks[i]);
	}
	buffer[at++] = '\n';
	buffer[at] = '\0';
	return at;
}

/* At unload, or when loading fails. No other code runs then. */
static void toa_trust_free(void *unused)
{
	kvfree(rcu_dereference_protected(toa_trust, true));
}

static const struct kernel_param_ops toa_trust_ops = {
	.set = toa_trust_set,
	.get = toa_trust_get,
	.free = toa_trust_free,
};

module_param_cb(trusted, &toa_trust_ops, NULL, 0644);
MODULE_PARM_DESC(trusted,
		 "Networks whose TOA options are accepted: CIDRs, comma-separated; a leading + adds to the list; any: every source (default: any)");
