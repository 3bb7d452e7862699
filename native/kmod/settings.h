/* SPDX-License-Identifier: GPL-2.0-only */
/* The settings that are on or off. The lists are in trust.h and kinds.h. */
#ifndef TOA_KMOD_SETTINGS_H
#define TOA_KMOD_SETTINGS_H

#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/types.h>

struct toa_settings {
	bool nat64_getpeername;	/* a NAT64 client also replaces the peer of AF_INET6 sockets */
	bool syn;		/* options on the SYN count as well */
	bool debug;		/* one line for each connection with an option */
};

extern struct toa_settings toa_settings;

static inline bool toa_setting(const bool *setting)
{
	return READ_ONCE(*setting);
}

#define toa_debug(format, ...) \
	do { \
		if (unlikely(toa_setting(&toa_settings.debug))) \
			pr_info_ratelimited(format, ##__VA_ARGS__); \
	} while (0)

#endif
