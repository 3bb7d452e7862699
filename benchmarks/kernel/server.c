// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <err.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server.h"

static int check(int result, const char *call)
{
	if (result < 0)
		err(1, "%s", call);
	return result;
}

struct server server_listen(int family, uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	int one = 1, fd = check(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");

	check(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)), "SO_REUSEADDR");
	check(family == AF_INET ? bind(fd, (struct sockaddr *)&in, sizeof(in)) :
				  bind(fd, (struct sockaddr *)&in6, sizeof(in6)), "bind");
	check(listen(fd, 128), "listen");
	return (struct server){ .fd = fd, .port = port };
}

static int accept_named(int listener)
{
	struct sockaddr_in6 name;
	socklen_t length = sizeof(name);

	return check(accept4(listener, (struct sockaddr *)&name, &length, SOCK_CLOEXEC | SOCK_NONBLOCK),
		     "accept");
}

struct connection server_accept(const struct server *server, const struct option *option)
{
	struct client client = client_connect(server->port, option);

	return (struct connection){ .client = client, .fd = accept_named(server->fd) };
}

void server_talk(struct connection *connection)
{
	char bytes[PAYLOAD_SIZE];

	client_send(&connection->client);
	check(recv(connection->fd, bytes, sizeof(bytes), 0), "recv");
	check(send(connection->fd, bytes, sizeof(bytes), 0), "send");
	client_receive(&connection->client);
}

void server_close(struct connection *connection)
{
	char byte;

	client_finish(&connection->client);
	check(recv(connection->fd, &byte, 1, 0), "recv at the end");
	close(connection->fd);
	client_receive(&connection->client);
}

void server_loopback(const struct server *server)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(server->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const struct linger reset = { .l_onoff = 1 };
	int client = check(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket"), fd;

	check(setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)), "SO_LINGER");
	check(connect(client, (struct sockaddr *)&to, sizeof(to)), "connect");
	fd = accept_named(server->fd);
	close(client);
	close(fd);
}
