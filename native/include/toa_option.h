/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Finds a TOA option among the options of a TCP header.
 *
 * Pure C without kernel types or allocation: the same code runs in the kernel
 * and under a fuzzer in userspace. It reads only [options, options + size).
 */
#ifndef TOA_OPTION_H
#define TOA_OPTION_H

#define TOA_TCP_OPTION_END	0
#define TOA_TCP_OPTION_NOP	1

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

/* Alibaba Cloud: IPv4 client, VPC id, virtual address. As long as an option with an IPv6 client. */
#define TOA_KIND_VPC	252

/* Kind and length together identify an option: vendors reuse kinds with other layouts. */
struct toa_option_format {
	unsigned char kind;
	unsigned char length;
};

enum toa_option_status {
	TOA_OPTION_ABSENT,		/* a valid list without a TOA option */
	TOA_OPTION_FOUND,
	TOA_OPTION_WRONG_LENGTH,	/* a TOA kind with another length */
	TOA_OPTION_MALFORMED,		/* a length below 2, or past the header's end */
};

struct toa_option_scan {
	enum toa_option_status status;
	const unsigned char *found;	/* kind byte of the first valid option, or NULL */
	unsigned int duplicates;	/* valid options after it */
};

enum toa_option_match {
	TOA_OPTION_MATCH_NONE,
	TOA_OPTION_MATCH_KIND,
	TOA_OPTION_MATCH_FORMAT,
};

static inline enum toa_option_match
toa_option_match(unsigned char kind, unsigned char length,
		 const struct toa_option_format *formats, unsigned int count)
{
	enum toa_option_match match = TOA_OPTION_MATCH_NONE;
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (formats[i].kind != kind)
			continue;
		if (formats[i].length == length)
			return TOA_OPTION_MATCH_FORMAT;
		match = TOA_OPTION_MATCH_KIND;
	}
	return match;
}

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

/*
 * The first valid option wins: balancers insert theirs directly after the base
 * header, before the options of the client, so a later one may be forged. The scan
 * continues after it only to count the others.
 */
static inline struct toa_option_scan
toa_option_scan(const unsigned char *options, unsigned int size,
		const struct toa_option_format *formats, unsigned int count)
{
	struct toa_option_scan scan = { .status = TOA_OPTION_ABSENT };
	unsigned int at = 0;

	while (at < size && options[at] != TOA_TCP_OPTION_END) {
		unsigned int length;

		if (options[at] == TOA_TCP_OPTION_NOP) {
			at++;
			continue;
		}
		if (size - at < 2 || options[at + 1] < 2 || options[at + 1] > size - at) {
			if (!scan.found)
				scan.status = TOA_OPTION_MALFORMED;
			break;
		}
		length = options[at + 1];
		switch (toa_option_match(options[at], length, formats, count)) {
		case TOA_OPTION_MATCH_FORMAT:
			if (scan.found) {
				scan.duplicates++;
			} else {
				scan.status = TOA_OPTION_FOUND;
				scan.found = options + at;
			}
			break;
		case TOA_OPTION_MATCH_KIND:
			if (!scan.found)
				scan.status = TOA_OPTION_WRONG_LENGTH;
			break;
		case TOA_OPTION_MATCH_NONE:
			break;
		}
		at += length;
	}
	return scan;
}

#endif
