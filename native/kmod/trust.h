/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The setting trusted=: the networks whose TOA options are accepted. With "any",
 * they are accepted from every source.
 */
#ifndef TOA_KMOD_TRUST_H
#define TOA_KMOD_TRUST_H

#include <linux/types.h>

struct in6_addr;

/* Whether an option from this transport peer counts. IPv4 as ::ffff:a.b.c.d. */
bool toa_trust_allows(const struct in6_addr *peer);

bool toa_trust_is_any(void);

#endif
