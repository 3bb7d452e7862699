// SPDX-License-Identifier: MIT
/*
 * Prints the cost of socket calls and connections: a name, a tab, and the number of
 * instructions. With "held N...", prints the cost of the calls while N connections are held.
 * With "kind K", all options are of this kind.
 *
 * usage: toa-cost [kind K] [held N...]
 */
#include <err.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "count.h"
#include "server.h"
#include "toa.h"

static void get_peername(int fd)
{
	struct sockaddr_in6 name;
	socklen_t length = sizeof(name);

	getpeername(fd, (struct sockaddr *)&name, &length);
}

static void get_sockname(int fd)
{
	struct sockaddr_in6 name;
	socklen_t length = sizeof(name);

	getsockname(fd, (struct sockaddr *)&name, &length);
}

static void get_lookup(int fd)
{
	struct toa_nat64_peer peer;
	socklen_t length = sizeof(peer);

	getsockopt(fd, IPPROTO_IP, TOA_SO_GET_LOOKUP, &peer, &length);
}

static void get_ttl(int fd)
{
	int ttl;
	socklen_t length = sizeof(ttl);

	getsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, &length);
}

static void get_nodelay(int fd)
{
	int on;
	socklen_t length = sizeof(on);

	getsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, &length);
}

/* The average cost of a call on each of some sockets: the median of many rounds. */
static uint64_t cost_of(void (*call)(int fd), const int *fds, unsigned int count)
{
	enum { ROUNDS = 31, CALLS = 1000 };
	uint64_t costs[ROUNDS];

	for (unsigned int round = 0; round < ROUNDS; round++) {
		uint64_t start = instructions();

		for (unsigned int i = 0; i < CALLS; i++)
			call(fds[i % count]);
		costs[round] = instructions() - start;
	}
	return (median(costs, ROUNDS) + CALLS / 2) / CALLS;
}

static void print(const char *what, const char *how, uint64_t cost)
{
	printf("%s, %s\t%lu\n", what, how, cost);
}

static void print_calls(const struct server *server, const struct server *dual_mode)
{
	static const struct option *const options[] = { &no_option, &option_ipv6, &option_ipv4 };

	for (unsigned int i = 0; i < 3; i++) {
		struct connection v4 = server_accept(server, options[i]);
		struct connection v6 = server_accept(dual_mode, options[i]);
		char dual[40];

		snprintf(dual, sizeof(dual), "%s, dual-mode", options[i]->name);
		print("getpeername", options[i]->name, cost_of(get_peername, &v4.fd, 1));
		print("getpeername", dual, cost_of(get_peername, &v6.fd, 1));
		print("getsockopt 4096", options[i]->name, cost_of(get_lookup, &v4.fd, 1));
		if (options[i] == &option_ipv6)
			print("getsockopt 4096", dual, cost_of(get_lookup, &v6.fd, 1));
		if (options[i] == &no_option) {
			print("getsockname", options[i]->name, cost_of(get_sockname, &v4.fd, 1));
			print("getsockopt IP_TTL", options[i]->name, cost_of(get_ttl, &v4.fd, 1));
			print("getsockopt TCP_NODELAY", options[i]->name, cost_of(get_nodelay, &v4.fd, 1));
		}
		server_close(&v4);
		server_close(&v6);
	}
}

static void from_client(const struct server *server, const struct option *option, int talk)
{
	struct connection connection = server_accept(server, option);

	if (talk)
		server_talk(&connection);
	server_close(&connection);
}

/*
 * The cost includes timer ticks and RCU callbacks: a round is long enough for its share
 * of both.
 */
static void print_connection(const char *what, const struct server *server,
			     const struct option *option, int talk)
{
	enum { ROUNDS = 9, CONNECTIONS = 400 };
	uint64_t costs[ROUNDS];

	for (unsigned int round = 0; round < ROUNDS; round++) {
		uint64_t start = instructions();

		for (unsigned int i = 0; i < CONNECTIONS; i++) {
			if (option)
				from_client(server, option, talk);
			else
				server_loopback(server);
		}
		costs[round] = instructions() - start;
	}
	print(what, option ? option->name : "no option", median(costs, ROUNDS) / CONNECTIONS);
}

static void print_connections(const struct server *server)
{
	print_connection("connection over loopback", server, NULL, 0);
	print_connection("connection", server, &no_option, 0);
	print_connection("connection", server, &option_ipv6, 0);
	print_connection("connection", server, &option_ipv4, 0);
	print_connection("request and response", server, &no_option, 1);
	print_connection("request and response", server, &option_ipv6, 1);
	print_connection("request and response", server, &option_ipv4, 1);
}

/* Every third connection is without an option. The calls use a sample that is evenly spread. */
static void print_held(const struct server *server, unsigned int count)
{
	static const struct option *const options[] = { &option_ipv4, &option_ipv6, &no_option };
	enum { SAMPLE = 333 };
	static int sample[3][SAMPLE];
	static unsigned int held;
	char how[40];

	for (; held < count; held++)
		if (server_accept(server, options[held % 3]).fd != server->fd + 1 + (int)held)
			errx(1, "file descriptors are not in sequence");
	for (unsigned int i = 0; i < SAMPLE; i++)
		for (unsigned int kind = 0; kind < 3; kind++)
			sample[kind][i] = server->fd + 1 + (int)(i * (held / 3 / SAMPLE) * 3 + kind);

	snprintf(how, sizeof(how), "%u held", count);
	print("getpeername, IPv4 option", how, cost_of(get_peername, sample[0], SAMPLE));
	print("getpeername, no option", how, cost_of(get_peername, sample[2], SAMPLE));
	print("getsockopt 4096, IPv6 option", how, cost_of(get_lookup, sample[1], SAMPLE));
	print("getsockopt 4096, no option", how, cost_of(get_lookup, sample[2], SAMPLE));
}

int main(int argc, char **argv)
{
	struct server server, dual_mode;

	check_counter();
	client_setup();
	setvbuf(stdout, NULL, _IOLBF, 0);
	argv++;
	if (argc > 2 && !strcmp(*argv, "kind")) {
		option_ipv4.bytes[0] = option_ipv6.bytes[0] = (unsigned char)atoi(argv[1]);
		argv += 2;
	}
	if (*argv && !strcmp(*argv, "held")) {
		server = server_listen(AF_INET, 7000);
		while (*++argv)
			print_held(&server, strtoul(*argv, NULL, 10));
		/* The caller looks at the held memory, and then sends an input. */
		getchar();
		return 0;
	}
	dual_mode = server_listen(AF_INET6, 7001);
	server = server_listen(AF_INET, 7000);
	print_calls(&server, &dual_mode);
	print_connections(&server);
	return 0;
}
