// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "toa.h"

#include "compat/moduleparam.h"
#include "compat/rcu.h"
#include "settings.h"

/* Of one family: every option of every segment is compared with each. */
#define TOA_MOST_KINDS 8

struct toa_formats {
	struct rcu_head rcu;
	unsigned int count;
	struct toa_option_format formats[2 * TOA_MOST_KINDS];
};

static struct toa_formats toa_formats_defaults = {
	.count = 2,
	.formats = {
		{ TOA_KIND_IPV4, TOA_LENGTH_IPV4 },
		{ TOA_KIND_IPV6, TOA_LENGTH_IPV6 },
	},
};

static struct toa_formats __rcu *toa_formats = RCU_INITIALIZER(&toa_formats_defaults);

/* What the two settings are about. */
static unsigned char toa_formats_ipv4_length = TOA_LENGTH_IPV4;
static unsigned char toa_formats_ipv6_length = TOA_LENGTH_IPV6;

/**
 * toa_formats_scan() - finds a TOA option with the formats that are set
 * @options: a TCP header's options
 * @size: how many bytes they are
 * @scan: set to what was found
 */
void toa_formats_scan(const u8 *options, unsigned int size, struct toa_option_scan *scan)
{
	const struct toa_formats *current_set;

	toa_rcu_read_lock();
	current_set = toa_rcu_dereference(toa_formats);
	*scan = toa_option_scan(options, size, current_set->formats, current_set->count);
	toa_rcu_read_unlock();
}

static int toa_formats_parse_kind(const char *name, const char *word, u8 length, u8 *kind)
{
	if (kstrtou8(word, 0, kind)) {
		pr_err("%s: '%s' is not a number from 0 to 255\n", name, word);
		return -EINVAL;
	}
	if (toa_option_belongs_to_tcp(*kind)) {
		pr_err("%s: kind %u belongs to TCP: use 200, 253 or 254\n", name, *kind);
		return -EINVAL;
	}
	if (*kind == TOA_KIND_VPC && length == TOA_LENGTH_IPV6) {
		pr_err("%s: kind %u with length %u is the VPC option of Alibaba Cloud: it holds an IPv4 client, a VPC id and a virtual address\n",
		       name, *kind, length);
		return -EINVAL;
	}
	return 0;
}

/* Adds the kinds of a comma-separated list, each once. */
static int toa_formats_parse(const char *name, char *text, u8 length, struct toa_formats *formats)
{
	unsigned int before = formats->count;
	char *word;

	while ((word = strsep(&text, ","))) {
		struct toa_option_format *format = &formats->formats[formats->count];
		u8 kind;
		int err;

		word = strim(word);
		if (!*word)
			continue;
		err = toa_formats_parse_kind(name, word, length, &kind);
		if (err)
			return err;
		if (toa_option_match(kind, length, formats->formats, formats->count) ==
		    TOA_OPTION_MATCH_FORMAT)
			continue;
		if (formats->count - before == TOA_MOST_KINDS) {
			pr_err("%s: too many kinds: the maximum is %u\n", name, TOA_MOST_KINDS);
			return -EINVAL;
		}
		format->kind = kind;
		format->length = length;
		formats->count++;
	}
	return 0;
}

static struct toa_formats *toa_formats_for_writing(void)
{
	return rcu_dereference_protected(toa_formats, toa_param_lock_is_held());
}

static int toa_formats_set(const char *value, const struct kernel_param *kp)
{
	struct toa_formats *old = toa_formats_for_writing();
	const u8 length = *(const u8 *)kp->arg;
	struct toa_formats *formats;
	unsigned int i;
	char *text;
	int err;

	formats = kzalloc(sizeof(*formats), GFP_KERNEL);
	text = kstrdup(value, GFP_KERNEL);
	if (!formats || !text) {
		err = -ENOMEM;
		goto failed;
	}
	for (i = 0; i < old->count; i++)
		if (old->formats[i].length != length)
			formats->formats[formats->count++] = old->formats[i];
	err = toa_formats_parse(kp->name, text, length, formats);
	if (err)
		goto failed;

	rcu_assign_pointer(toa_formats, formats);
	if (old != &toa_formats_defaults)
		kfree_rcu(old, rcu);
	kfree(text);
	return 0;

failed:
	kfree(formats);
	kfree(text);
	return err;
}

static int toa_formats_get(char *buffer, const struct kernel_param *kp)
{
	const struct toa_formats *formats = toa_formats_for_writing();
	const u8 length = *(const u8 *)kp->arg;
	const char *separator = "";
	unsigned int i;
	size_t at = 0;

	for (i = 0; i < formats->count; i++) {
		if (formats->formats[i].length != length)
			continue;
		at += scnprintf(buffer + at, PAGE_SIZE - at, "%s%u", separator,
				formats->formats[i].kind);
		separator = ",";
	}
	at += scnprintf(buffer + at, PAGE_SIZE - at, "\n");
	return at;
}

/* At unload, or when loading fails. No other code runs then. Called for both parameters. */
static void toa_formats_free(void *unused)
{
	struct toa_formats *formats = rcu_dereference_protected(toa_formats, true);

	RCU_INIT_POINTER(toa_formats, &toa_formats_defaults);
	if (formats != &toa_formats_defaults)
		kfree(formats);
}

static const struct kernel_param_ops toa_formats_ops = {
	.set = toa_formats_set,
	.get = toa_formats_get,
	.free = toa_formats_free,
};

module_param_cb(ipv4_kinds, &toa_formats_ops, &toa_formats_ipv4_length, 0644);
MODULE_PARM_DESC(ipv4_kinds,
		 "Kinds of TOA options with an IPv4 client (length 8), comma-separated (default: 200)");
module_param_cb(ipv6_kinds, &toa_formats_ops, &toa_formats_ipv6_length, 0644);
MODULE_PARM_DESC(ipv6_kinds,
		 "Kinds of TOA options with an IPv6 client (length 20), comma-separated (default: 253)");
