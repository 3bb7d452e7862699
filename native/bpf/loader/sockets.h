/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Lists the TCP sockets of this network namespace, with their values in a map, by sock_diag(7). */
#ifndef TOA_LOADER_SOCKETS_H
#define TOA_LOADER_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

/* Called with the value of each socket that has one. */
typedef void sockets_visit(const void *value, size_t size, void *context);

/* As with ss, a socket that opens or closes during the walk can be missed or visited twice. Prints errors. */
bool sockets_walk(int map, sockets_visit *visit, void *context);

#endif
