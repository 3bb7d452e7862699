/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * The formats of TOA options, and which vendor writes which. The kernel module and the eBPF
 * provider compile this table. The library, the tool and the documentation have copies of it, and
 * tests compare them. The balancer has a table of its own, because it tests the others.
 */
#ifndef TOA_FORMAT_TABLE_H
#define TOA_FORMAT_TABLE_H

#include "toa_format.h"

static const struct toa_layout toa_layouts[16] = {
	[TOA_FORMAT_IPV4] = {
		.text = "ipv4", .length = 8, .address_size = 4,
		.client = 4, .client_port = 2,
	},
	[TOA_FORMAT_IPV6] = {
		.text = "ipv6", .length = 20, .address_size = 16,
		.client = 4, .client_port = 2,
	},
	[TOA_FORMAT_ALIBABA_VPC] = {
		.text = "alibaba-vpc", .length = 20, .address_size = 4,
		.client = 4, .client_port = 2, .virtual_addr = 12, .virtual_port = 16,
		.network_id = 8, .network_id_size = 4, .network_id_is_little = 1,
	},
	[TOA_FORMAT_ALIBABA_DDOS] = {
		.text = "alibaba-ddos", .length = 40, .address_size = 16,
		.client = 4, .client_port = 2, .virtual_addr = 24,
		.network_id = 20, .network_id_size = 3,
	},
	[TOA_FORMAT_BYTEDANCE] = {
		.text = "bytedance", .length = 16, .address_size = 4,
		.client = 4, .client_port = 2, .virtual_addr = 12, .virtual_port = 10,
	},
	/* The byte before the address is a version, which is not looked at. */
	[TOA_FORMAT_AKAMAI_IPV4] = {
		.text = "akamai-ipv4", .length = 7, .address_size = 4,
		.client = 3,
	},
	[TOA_FORMAT_AKAMAI_IPV6] = {
		.text = "akamai-ipv6", .length = 19, .address_size = 16,
		.client = 3,
	},
	[TOA_FORMAT_VIRTUAL] = {
		.text = "virtual", .length = 8, .address_size = 4,
		.virtual_addr = 4, .virtual_port = 2,
	},
	[TOA_FORMAT_NETWORK] = {
		.text = "network", .length = 6,
		.network_id = 2, .network_id_size = 4, .network_id_is_little = 1,
	},
};

#define TOA_VENDOR_OPTIONS	4	/* the most of one vendor */

struct toa_vendor {
	const char *text;	/* in the setting */
	struct {
		unsigned char kind;
		unsigned char format;	/* TOA_FORMAT_NONE: no more options */
	} options[TOA_VENDOR_OPTIONS];
};

/* Vendors reuse kinds: the same kind and length can be another format for another vendor. */
static const struct toa_vendor toa_vendors[] = {
	/* Tencent Cloud CLB: hybrid cloud, NAT64 */
	{ "tencent", { { 200, TOA_FORMAT_IPV4 }, { 253, TOA_FORMAT_IPV6 } } },
	/* the vtoa of TencentOS */
	{ "tencent-vpc", { { 200, TOA_FORMAT_IPV4 }, { 201, TOA_FORMAT_NETWORK },
			   { 202, TOA_FORMAT_VIRTUAL } } },
	/* Alibaba Cloud SLB in a VPC */
	{ "alibaba-vpc", { { 252, TOA_FORMAT_ALIBABA_VPC }, { 254, TOA_FORMAT_IPV4 },
			   { 250, TOA_FORMAT_VIRTUAL } } },
	/* Alibaba Cloud Anti-DDoS */
	{ "alibaba-ddos", { { 254, TOA_FORMAT_IPV4 }, { 249, TOA_FORMAT_ALIBABA_DDOS } } },
	{ "alibaba-cdn", { { 28, TOA_FORMAT_AKAMAI_IPV4 }, { 28, TOA_FORMAT_AKAMAI_IPV6 } } },
	{ "akamai", { { 28, TOA_FORMAT_AKAMAI_IPV4 }, { 28, TOA_FORMAT_AKAMAI_IPV6 } } },
	/* without sendClientPortInTcpOption */
	{ "netscaler", { { 28, TOA_FORMAT_AKAMAI_IPV4 }, { 28, TOA_FORMAT_AKAMAI_IPV6 } } },
	{ "baidu", { { 254, TOA_FORMAT_IPV4 } } },
	{ "bytedance", { { 254, TOA_FORMAT_BYTEDANCE } } },
	{ "china-mobile", { { 200, TOA_FORMAT_IPV4 } } },
	{ "dpvs", { { 254, TOA_FORMAT_IPV4 }, { 254, TOA_FORMAT_IPV6 } } },
	{ "huawei", { { 254, TOA_FORMAT_IPV4 }, { 253, TOA_FORMAT_IPV6 },
		      { 254, TOA_FORMAT_IPV6 } } },
	{ "ucloud", { { 200, TOA_FORMAT_IPV4 }, { 252, TOA_FORMAT_IPV4 },
		      { 253, TOA_FORMAT_IPV4 }, { 254, TOA_FORMAT_IPV4 } } },
};

#endif
