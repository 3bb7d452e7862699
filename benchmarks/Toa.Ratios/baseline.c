/* SPDX-License-Identifier: MIT */
/* The system calls of a lookup from C: the baseline of the comparison. */
#include <netinet/in.h>
#include <sys/socket.h>

#include "toa.h"

/* As in the programs of the vendor's manual. */
static int lookup(int fd)
{
	struct toa_nat64_peer client;
	struct sockaddr_storage peer;
	socklen_t size = sizeof(client);

	if (!getsockopt(fd, IPPROTO_IP, TOA_SO_GET_LOOKUP, &client, &size))
		return AF_INET6;
	size = sizeof(peer);
	if (!getpeername(fd, (struct sockaddr *)&peer, &size))
		return peer.ss_family;
	return -1;
}

void baseline_lookup(int fd, int calls)
{
	while (calls--)
		lookup(fd);
}

/* As a program can do it with a provider of this project. */
void baseline_info(int fd, int calls)
{
	while (calls--) {
		struct toa_info info;
		socklen_t size = sizeof(info);

		getsockopt(fd, IPPROTO_IP, TOA_SO_GET_INFO, &info, &size);
	}
}
