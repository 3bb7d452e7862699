/* SPDX-License-Identifier: GPL-2.0-only */
/* Which options are read: the settings ipv4_kinds= and ipv6_kinds=. */
#ifndef TOA_KMOD_KINDS_H
#define TOA_KMOD_KINDS_H

#include <linux/types.h>

#include "toa_option.h"

struct toa_option_scan toa_kinds_scan(const u8 *options, unsigned int size);

#endif
