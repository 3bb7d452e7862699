/* SPDX-License-Identifier: MIT */
/* The server's side: a listener, and whole connections from the first segment to the last. */
#ifndef SERVER_H
#define SERVER_H

#include <stdint.h>

#include "client.h"

struct server {
	int fd;
	uint16_t port;
};

struct server server_listen(int family, uint16_t port);

/* A connection that is held, from a client behind the TUN device. */
struct connection {
	struct client client;
	int fd;
};

struct connection server_accept(const struct server *server, const struct option *option);

/* The client closes first, so that nothing of it stays in TIME_WAIT. */
void server_close(struct connection *connection);

/* A request and a response. */
void server_talk(struct connection *connection);

/*
 * Both ends are sockets, and none of it is a client's program. Ends with a reset: what
 * stays in TIME_WAIT would change what the next one costs.
 */
void server_loopback(const struct server *server);

#endif
