// SPDX-License-Identifier: MIT
/*
 * The TOA ABI in plain C: prints the real client of each connection, sends nothing
 * and closes it. It needs toa.h, but no library.
 *
 *   cc -I../../native/include -o toa_server toa_server.c && ./toa_server 7000
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "toa.h"

static void print_client(int family, const void *addr, in_port_t port)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(family, addr, text, sizeof(text));
	printf("real client %s [%s]:%u\n", family == AF_INET6 ? "v6" : "v4", text, ntohs(port));
}

/* NAT64: the address family changed on the way, so getpeername cannot return the client. */
static int print_nat64_client(int fd)
{
	struct toa_nat64_peer peer;
	socklen_t length = sizeof(peer);

	/* On any error, continue with getpeername. */
	if (getsockopt(fd, IPPROTO_IP, TOA_SO_GET_LOOKUP, &peer, &length))
		return -1;
	print_client(AF_INET6, &peer.saddr, peer.sport);
	return 0;
}

/* Hybrid cloud: getpeername returns the client, because the provider replaced the peer. */
static void print_peer(int fd)
{
	struct sockaddr_in6 peer;
	socklen_t length = sizeof(peer);

	if (getpeername(fd, (struct sockaddr *)&peer, &length))
		return; /* the client has disconnected */
	if (IN6_IS_ADDR_V4MAPPED(&peer.sin6_addr))
		print_client(AF_INET, &peer.sin6_addr.s6_addr[12], peer.sin6_port);
	else
		print_client(AF_INET6, &peer.sin6_addr, peer.sin6_port);
}

static int listen_on(const char *port)
{
	struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons(atoi(port)) };
	int fd = socket(AF_INET6, SOCK_STREAM, 0), on = 1, off = 0;

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) || listen(fd, SOMAXCONN)) {
		fprintf(stderr, "toa_server: cannot listen on port %s: %s\n", port, strerror(errno));
		exit(1);
	}
	return fd;
}

int main(int argc, char **argv)
{
	int listener;

	if (argc != 2) {
		fprintf(stderr, "usage: toa_server PORT\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	listener = listen_on(argv[1]);
	printf("listening on [::]:%s\n", argv[1]);
	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd < 0)
			continue;
		if (print_nat64_client(fd))
			print_peer(fd);
		close(fd);
	}
}
