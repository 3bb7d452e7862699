/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The TCP sockets of this network namespace with what a map holds for each, by sock_diag(7). */
#ifndef TOA_LOADER_SOCKETS_H
#define TOA_LOADER_SOCKETS_H

#include <stdbool.h>
#include <stddef.h>

/* Is called with the value of each socket that has one. */
typedef void sockets_visit(const void *value, size_t size, void *context);

/* Walks as ss does: a socket that comes or goes at that time may be missed, or met twice. Says what is wrong. */
bool sockets_walk(int map, sockets_visit *visit, void *context);

#endif
