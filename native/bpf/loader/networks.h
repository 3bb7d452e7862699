/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The list trusted=: sorted, and none of its networks contains another. */
#ifndef TOA_LOADER_NETWORKS_H
#define TOA_LOADER_NETWORKS_H

#include <stdbool.h>
#include <stdio.h>

#include "../shared.h"

struct networks {
	struct toa_network *network;
	unsigned int count;
};

/* Adds the networks of a comma-separated list. Prints an error if one is invalid. */
bool networks_parse(struct networks *networks, const char *text);

bool networks_add(struct networks *networks, const struct toa_network *network);

/* ::/0 is not IPv4, although it contains ::ffff:0:0/96. */
bool network_is_ipv4(const struct toa_network *network);

/* Sorts, and drops networks that another one contains. */
void networks_tidy(struct networks *networks);

/* Comma-separated. An empty list is printed as "any". */
void networks_print(const struct networks *networks, FILE *out);

#endif
