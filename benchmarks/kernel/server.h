/* SPDX-License-Identifier: MIT */
/* The server's side: a listener, and complete connections from the first to the last segment. */
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

/* The client closes first, so that the server has no socket in TIME_WAIT afterwards. */
void server_close(struct connection *connection);

/* One request and one response. */
void server_talk(struct connection *connection);

/*
 * Both ends are sockets, without the code of the client. Ends with a reset: sockets in
 * TIME_WAIT would change the cost of the next connection.
 */
void server_loopback(const struct server *server);

#endif
