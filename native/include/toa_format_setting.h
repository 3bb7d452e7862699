/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Reads the setting "formats": a list with commas of vendors, and of KIND/8 (IPv4) and KIND/20
 * (IPv6) for options with a port and an address.
 *
 * Pure C without allocation: the module and the loader of the eBPF provider share it.
 */
#ifndef TOA_FORMAT_SETTING_H
#define TOA_FORMAT_SETTING_H

#ifdef __KERNEL__
#include <linux/kernel.h>
#include <linux/string.h>
#else
#include <stdio.h>
#include <string.h>
#endif

#include "toa_format_table.h"
#include "toa_option.h"

#define TOA_FORMAT_COMPLAINT	320	/* bytes of a message, with the final 0 */

/* A part of a text. */
struct toa_format_word {
	const char *text;
	unsigned int size;
};

/* Takes the next word from a list. False at its end. */
static inline int toa_format_next_word(const char **rest, struct toa_format_word *word)
{
	const char *from = *rest, *to;

	from += strspn(from, ", \t\n");
	if (!*from)
		return 0;
	to = from + strcspn(from, ",");
	*rest = to;
	while (to[-1] == ' ' || to[-1] == '\t' || to[-1] == '\n')
		to--;
	word->text = from;
	word->size = to - from;
	return 1;
}

static inline int toa_format_is(const struct toa_format_word *word, const char *text)
{
	return word->size == strlen(text) && !memcmp(word->text, text, word->size);
}

/* Reads a decimal number up to 255, without leading zeros. False if there is no such number. */
static inline int toa_format_read_number(const char **text, const char *end, unsigned int *number)
{
	const char *from = *text;

	*number = 0;
	for (; *text < end && **text >= '0' && **text <= '9' && *text - from < 3; ++*text)
		*number = *number * 10 + (**text - '0');
	return *text > from && *number <= 255 && (*from != '0' || *text == from + 1);
}

/* KIND/8 or KIND/20, as the only option of a vendor without a name. */
static inline int toa_format_read_plain(const struct toa_format_word *word,
					struct toa_vendor *vendor)
{
	const char *text = word->text, *end = text + word->size;
	unsigned int kind, length;

	if (!toa_format_read_number(&text, end, &kind) || text == end || *text++ != '/' ||
	    !toa_format_read_number(&text, end, &length) || text != end)
		return 0;
	memset(vendor, 0, sizeof(*vendor));
	vendor->options[0].kind = kind;
	if (length == toa_layouts[TOA_FORMAT_IPV4].length)
		vendor->options[0].format = TOA_FORMAT_IPV4;
	else if (length == toa_layouts[TOA_FORMAT_IPV6].length)
		vendor->options[0].format = TOA_FORMAT_IPV6;
	return vendor->options[0].format;
}

#define TOA_VENDORS	(sizeof(toa_vendors) / sizeof(*toa_vendors))

static inline int toa_format_read_vendor(const struct toa_format_word *word,
					 struct toa_vendor *vendor)
{
	unsigned int i;

	for (i = 0; i < TOA_VENDORS; i++) {
		if (!toa_format_is(word, toa_vendors[i].text))
			continue;
		*vendor = toa_vendors[i];
		return 1;
	}
	return 0;
}

static inline int toa_format_read_word(const struct toa_format_word *word,
				       struct toa_vendor *vendor)
{
	return toa_format_read_plain(word, vendor) || toa_format_read_vendor(word, vendor);
}

static inline int toa_format_vendor_has(const struct toa_vendor *vendor, unsigned char kind,
					unsigned char length)
{
	unsigned int i;

	for (i = 0; i < TOA_VENDOR_OPTIONS && vendor->options[i].format; i++)
		if (vendor->options[i].kind == kind &&
		    toa_layouts[vendor->options[i].format].length == length)
			return 1;
	return 0;
}

/* The word of a set that has this kind and length. There is one. */
static inline struct toa_format_word
toa_format_owner(const struct toa_format_set *set, unsigned char kind, unsigned char length)
{
	const char *rest = set->text;
	struct toa_format_word word = { rest, 0 };
	struct toa_vendor vendor;

	while (toa_format_next_word(&rest, &word))
		if (toa_format_read_word(&word, &vendor) &&
		    toa_format_vendor_has(&vendor, kind, length))
			break;
	return word;
}

static inline int toa_format_add_option(struct toa_format_set *set,
					const struct toa_format_word *word, unsigned char kind,
					unsigned char format, char *complaint)
{
	const unsigned int length = toa_layouts[format].length;
	struct toa_format_word owner;

	if (toa_option_belongs_to_tcp(kind)) {
		snprintf(complaint, TOA_FORMAT_COMPLAINT,
			 "'%.*s': kind %u belongs to TCP: use 200, 253 or 254",
			 (int)word->size, word->text, kind);
		return 0;
	}
	if (set->kinds[kind] & set->lengths[length] & ~TOA_FORMAT_BIT(format)) {
		owner = toa_format_owner(set, kind, length);
		snprintf(complaint, TOA_FORMAT_COMPLAINT,
			 "'%.*s' and '%.*s' read kind %u with length %u in different ways: set only one of them",
			 (int)owner.size, owner.text, (int)word->size, word->text, kind, length);
		return 0;
	}
	set->kinds[kind] |= TOA_FORMAT_BIT(format);
	return 1;
}

/* Appends a word to the text of a set, unless it is there. False if there is no room. */
static inline int toa_format_add_text(struct toa_format_set *set,
				      const struct toa_format_word *word)
{
	const unsigned int used = strlen(set->text), at = used + !!used;
	const char *rest = set->text;
	struct toa_format_word other;

	while (toa_format_next_word(&rest, &other))
		if (other.size == word->size && !memcmp(other.text, word->text, word->size))
			return 1;
	if (at + word->size >= sizeof(set->text))
		return 0;
	if (used)
		set->text[used] = ',';
	memcpy(set->text + at, word->text, word->size);
	return 1;
}

static inline void toa_format_complain_about_word(const struct toa_format_word *word,
						  char *complaint)
{
	const unsigned int most = 32;
	unsigned int at, i;

	at = snprintf(complaint, TOA_FORMAT_COMPLAINT, "'%.*s' is not a format: use ",
		      (int)(word->size < most ? word->size : most), word->text);
	for (i = 0; i < TOA_VENDORS && at < TOA_FORMAT_COMPLAINT; i++)
		at += snprintf(complaint + at, TOA_FORMAT_COMPLAINT - at, "%s, ",
			       toa_vendors[i].text);
	if (at < TOA_FORMAT_COMPLAINT)
		snprintf(complaint + at, TOA_FORMAT_COMPLAINT - at,
			 "KIND/8 (IPv4) or KIND/20 (IPv6)");
}

static inline int toa_format_add(struct toa_format_set *set, const struct toa_format_word *word,
				 char *complaint)
{
	struct toa_vendor vendor;
	unsigned int i;

	if (!toa_format_read_word(word, &vendor)) {
		toa_format_complain_about_word(word, complaint);
		return 0;
	}
	for (i = 0; i < TOA_VENDOR_OPTIONS && vendor.options[i].format; i++)
		if (!toa_format_add_option(set, word, vendor.options[i].kind,
					   vendor.options[i].format, complaint))
			return 0;
	if (toa_format_add_text(set, word))
		return 1;
	snprintf(complaint, TOA_FORMAT_COMPLAINT, "the list is too long: the maximum is %u bytes",
		 TOA_FORMATS_MOST - 1);
	return 0;
}

/**
 * toa_format_parse() - reads the setting
 * @set: filled; not valid after an error
 * @text: the setting, ended by 0
 * @complaint: TOA_FORMAT_COMPLAINT bytes for what is wrong
 *
 * Return: false if the text is wrong.
 */
static inline int toa_format_parse(struct toa_format_set *set, const char *text, char *complaint)
{
	struct toa_format_word word;
	unsigned int format;

	memset(set, 0, sizeof(*set));
	for (format = 0; format < TOA_FORMAT_COUNT; format++)
		if (toa_layouts[format].length)
			set->lengths[toa_layouts[format].length] |= TOA_FORMAT_BIT(format);
	while (toa_format_next_word(&text, &word))
		if (!toa_format_add(set, &word, complaint))
			return 0;
	if (set->text[0])
		return 1;
	snprintf(complaint, TOA_FORMAT_COMPLAINT,
		 "the list is empty: use vendors such as tencent, KIND/8 or KIND/20");
	return 0;
}

#endif
