/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The formats of TOA options: how long an option is, and where its fields are. */
#ifndef TOA_FORMAT_H
#define TOA_FORMAT_H

/*
 * Part of the ABI (struct toa_info): the numbers do not change.
 *
 * The last two have no client. They add to an option of the same header that has one.
 */
enum toa_format {
	TOA_FORMAT_NONE = 0,
	TOA_FORMAT_IPV4 = 1,
	TOA_FORMAT_IPV6 = 2,
	TOA_FORMAT_ALIBABA_VPC = 3,
	TOA_FORMAT_ALIBABA_DDOS = 4,
	TOA_FORMAT_BYTEDANCE = 5,
	TOA_FORMAT_AKAMAI_IPV4 = 6,
	TOA_FORMAT_AKAMAI_IPV6 = 7,
	TOA_FORMAT_VIRTUAL = 14,
	TOA_FORMAT_NETWORK = 15,
	TOA_FORMAT_COUNT
};

/*
 * Offsets count from the kind byte. 0: the format has no such field. Addresses and ports are in
 * network byte order.
 */
struct toa_layout {
	char text[16];				/* its name in tables */
	unsigned char length;			/* of the option */
	unsigned char address_size;		/* of all its addresses: 4 (IPv4) or 16 (IPv6) */
	unsigned char client;
	unsigned char client_port;
	unsigned char virtual_addr;		/* to which the client connected */
	unsigned char virtual_port;
	unsigned char network_id;		/* of the virtual network (VPC) */
	unsigned char network_id_size;
	unsigned char network_id_is_little;	/* little-endian: the writer's own byte order */
};

/* In a set of formats. */
#define TOA_FORMAT_BIT(format)	(1U << (format))

#define TOA_FORMATS_DEFAULT	"tencent"
#define TOA_FORMATS_MOST	256	/* bytes of the setting, with the final 0 */

/*
 * The options that are read. An option has the format that is in both sets, of its kind and of its
 * length. It is not read if there is no such format.
 */
struct toa_format_set {
	unsigned short kinds[256];	/* by kind: the formats that are read, as a set */
	unsigned short lengths[256];	/* by length: all formats, as a set */
	char text[TOA_FORMATS_MOST];	/* the setting */
};

#endif
