/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The module's parameters, as the rest of the module asks for them. */
#ifndef TOA_KMOD_SETTINGS_H
#define TOA_KMOD_SETTINGS_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "toa_option.h"

struct tcphdr;
struct toa_flow;

/* Those that are on or off. */
struct toa_settings {
	bool nat64_getpeername;	/* a NAT64 client also replaces the peer of dual-mode sockets */
	bool syn;		/* options on the SYN count as well */
	bool debug;		/* one line for each connection with an option */
};

extern struct toa_settings toa_settings;

#define toa_setting(name) READ_ONCE(toa_settings.name)

/* formats.c: formats= */
const struct toa_layout *toa_formats_layout(u8 format);
void toa_formats_scan(const struct tcphdr *th, unsigned int size, struct toa_option_scan *scan);

/* trust.c: trusted= */
bool toa_trust_allows(const struct toa_flow *flow);
bool toa_trust_is_any(void);

#endif
