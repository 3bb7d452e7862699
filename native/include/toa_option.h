/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Finds the TOA options among the options of a TCP header.
 *
 * Pure C without kernel types or allocation: the same code runs in the kernel and under a fuzzer in
 * userspace. It reads only [options, options + size).
 */
#ifndef TOA_OPTION_H
#define TOA_OPTION_H

#include "toa_format.h"

#define TOA_TCP_OPTION_END	0
#define TOA_TCP_OPTION_NOP	1

#define TOA_FAST_OPEN_KIND	254
#define TOA_FAST_OPEN_FIRST	0xf9
#define TOA_FAST_OPEN_SECOND	0x89

/* Kinds of TCP itself: RFC 9293, 7323, 2018, 2385, 5925, 8684, 7413, 8547 (TCP-ENO), AccECN. */
static inline int toa_option_belongs_to_tcp(unsigned char kind)
{
	switch (kind) {
	case 0 ... 5:
	case 8:
	case 19:
	case 29:
	case 30:
	case 34:
	case 69:
	case 172:
	case 174:
		return 1;
	default:
		return 0;
	}
}

enum toa_option_status {
	TOA_OPTION_ABSENT,		/* a valid list without a TOA option */
	TOA_OPTION_FOUND,
	TOA_OPTION_WRONG_LENGTH,	/* a TOA kind with another length */
	TOA_OPTION_MALFORMED,		/* a length below 2, or past the header's end */
	TOA_OPTION_FAST_OPEN,		/* the first valid option may be a Fast Open cookie */
};

/* Options are kind bytes in the list, or NULL. */
struct toa_option_scan {
	enum toa_option_status status;
	enum toa_format format;			/* of client */
	const unsigned char *client;		/* the first option with a client */
	const unsigned char *virtual_option;	/* the first of TOA_FORMAT_VIRTUAL */
	const unsigned char *network_option;	/* the first of TOA_FORMAT_NETWORK */
	unsigned int duplicates;		/* options with a client after the first one */
};

#define TOA_TCP_HEADER		20	/* bytes, without options */

/*
 * The size of the options after a TCP header, of which size bytes can be read. Also 0 if
 * the data offset, which the sender chooses, is below the minimum header.
 */
static inline unsigned int toa_option_area(const unsigned char *header, unsigned int size)
{
	unsigned int length;

	if (size < TOA_TCP_HEADER)
		return 0;
	length = (header[12] >> 4) * 4U;
	if (length > size)
		length = size;
	return length < TOA_TCP_HEADER ? 0 : length - TOA_TCP_HEADER;
}

/* Notes an option of one of the formats that are read. */
static inline void toa_option_note(struct toa_option_scan *scan, const unsigned char *option,
				   unsigned int match)
{
	if (match & TOA_FORMAT_BIT(TOA_FORMAT_VIRTUAL)) {
		if (!scan->virtual_option)
			scan->virtual_option = option;
	} else if (match & TOA_FORMAT_BIT(TOA_FORMAT_NETWORK)) {
		if (!scan->network_option)
			scan->network_option = option;
	} else if (scan->client) {
		scan->duplicates++;
	} else {
		scan->client = option;
		scan->status = TOA_OPTION_FOUND;
		/* One bit is set: a set has one format for a kind and a length. */
		scan->format = (enum toa_format)__builtin_ctz(match);
	}
}

/*
 * Whether an option of a SYN may be an experimental Fast Open cookie (RFC 7413, appendix A): it has
 * the number of the experiment where a TOA option of this kind has the port.
 */
static inline int toa_option_may_be_fast_open(const unsigned char *option)
{
	return option[0] == TOA_FAST_OPEN_KIND && option[2] == TOA_FAST_OPEN_FIRST &&
	       option[3] == TOA_FAST_OPEN_SECOND;
}

/*
 * The first valid option wins: balancers insert theirs directly after the base header, before the
 * options of the client, so a later one may be forged. The scan continues after it to count the
 * others, and to find the options without a client. So there is no client if the first one may be a
 * Fast Open cookie.
 */
static inline struct toa_option_scan
toa_option_scan(const unsigned char *options, unsigned int size, int is_syn,
		const struct toa_format_set *set)
{
	struct toa_option_scan scan = { .status = TOA_OPTION_ABSENT };
	unsigned int at = 0;

	while (at < size && options[at] != TOA_TCP_OPTION_END) {
		unsigned int kinds, match, length;

		if (options[at] == TOA_TCP_OPTION_NOP) {
			at++;
			continue;
		}
		if (size - at < 2 || options[at + 1] < 2 || options[at + 1] > size - at) {
			if (!scan.client)
				scan.status = TOA_OPTION_MALFORMED;
			break;
		}
		length = options[at + 1];
		kinds = set->kinds[options[at]];
		match = kinds & set->lengths[length];
		if (match)
			toa_option_note(&scan, options + at, match);
		else if (kinds && !scan.client)
			scan.status = TOA_OPTION_WRONG_LENGTH;
		at += length;
	}
	if (is_syn && scan.client && toa_option_may_be_fast_open(scan.client)) {
		scan.status = TOA_OPTION_FAST_OPEN;
		scan.client = (const unsigned char *)0;
	}
	return scan;
}

#endif
