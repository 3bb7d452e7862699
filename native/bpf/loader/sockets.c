// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>

#include "complain.h"
#include "sockets.h"

#define STATE(number)	((uint32_t)1 << (number))

/* Sockets in these states do not hold an address yet, or no longer. */
#define STATES_WITHOUT	(STATE(TCP_TIME_WAIT) | STATE(TCP_CLOSE) | STATE(TCP_LISTEN) | STATE(TCP_NEW_SYN_RECV))
/* From the kernel's net/tcp_states.h, which userspace does not have. */
enum { TCP_TIME_WAIT = 6, TCP_CLOSE = 7, TCP_LISTEN = 10, TCP_NEW_SYN_RECV = 12 };

/* The kernel fills a message as far as this buffer allows, up to 32 KiB. */
#define MESSAGE_MOST	(64 * 1024)

struct request {
	struct nlmsghdr header;
	struct inet_diag_req_v2 sockets;
	struct rtattr storages;
	struct rtattr map;
	__u32 map_fd;
};

/* The family is the sequence number: an answer to the other request is ignored. */
static bool ask(int netlink, int family, int map)
{
	struct request request = {
		.header = {
			.nlmsg_len = sizeof(request),
			.nlmsg_type = SOCK_DIAG_BY_FAMILY,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP,
			.nlmsg_seq = family,
		},
		.sockets = {
			.sdiag_family = family,
			.sdiag_protocol = IPPROTO_TCP,
			.idiag_states = ~STATES_WITHOUT,
		},
		.storages = {
			.rta_type = INET_DIAG_REQ_SK_BPF_STORAGES | NLA_F_NESTED,
			.rta_len = sizeof(request) - offsetof(struct request, storages),
		},
		.map = {
			.rta_type = SK_DIAG_BPF_STORAGE_REQ_MAP_FD,
			.rta_len = RTA_LENGTH(sizeof(request.map_fd)),
		},
		.map_fd = map,
	};

	return send(netlink, &request, sizeof(request), 0) == sizeof(request);
}

static const struct rtattr *find(const void *from, int size, unsigned short type)
{
	const struct rtattr *attribute;

	for (attribute = from; RTA_OK(attribute, size); attribute = RTA_NEXT(attribute, size))
		if ((attribute->rta_type & NLA_TYPE_MASK) == type)
			return attribute;
	return NULL;
}

static const struct rtattr *find_in(const struct rtattr *outer, unsigned short type)
{
	return outer ? find(RTA_DATA(outer), RTA_PAYLOAD(outer), type) : NULL;
}

static void visit_socket(const struct nlmsghdr *message, sockets_visit *visit, void *context)
{
	const struct inet_diag_msg *socket = NLMSG_DATA(message);
	const struct rtattr *value;

	value = find(socket + 1, message->nlmsg_len - NLMSG_LENGTH(sizeof(*socket)), INET_DIAG_SK_BPF_STORAGES);
	value = find_in(find_in(value, SK_DIAG_BPF_STORAGE), SK_DIAG_BPF_STORAGE_MAP_VALUE);
	if (value)
		visit(RTA_DATA(value), RTA_PAYLOAD(value), context);
}

/* Returns 0 at the end, 1 if more messages follow, or a negative errno. */
static int read_messages(const void *buffer, int size, unsigned int family, sockets_visit *visit, void *context)
{
	const struct nlmsghdr *message;

	for (message = buffer; NLMSG_OK(message, size); message = NLMSG_NEXT(message, size)) {
		const int *status = NLMSG_DATA(message);

		if (message->nlmsg_seq != family)
			continue;
		if (message->nlmsg_type == NLMSG_ERROR || message->nlmsg_type == NLMSG_DONE)
			return message->nlmsg_len >= NLMSG_LENGTH(sizeof(*status)) ? *status : -EBADMSG;
		if (message->nlmsg_type == SOCK_DIAG_BY_FAMILY &&
		    message->nlmsg_len >= NLMSG_LENGTH(sizeof(struct inet_diag_msg)))
			visit_socket(message, visit, context);
	}
	return 1;
}

static int walk_family(int netlink, int family, int map, void *buffer, sockets_visit *visit, void *context)
{
	int status = 1;

	if (!ask(netlink, family, map))
		return -errno;
	while (status > 0) {
		struct sockaddr_nl from = { 0 };
		socklen_t length = sizeof(from);
		ssize_t size = recvfrom(netlink, buffer, MESSAGE_MOST, MSG_TRUNC, (struct sockaddr *)&from, &length);

		if (size < 0 && errno == EINTR)
			continue;
		if (size < 0)
			return -errno;
		if (size > MESSAGE_MOST)
			return -EMSGSIZE;
		if (!from.nl_pid) /* from the kernel */
			status = read_messages(buffer, size, family, visit, context);
	}
	return status;
}

bool sockets_walk(int map, sockets_visit *visit, void *context)
{
	int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), err = 0;
	void *buffer = malloc(MESSAGE_MOST);

	if (netlink < 0 || !buffer)
		err = -errno;
	if (!err)
		err = walk_family(netlink, AF_INET, map, buffer, visit, context);
	/* Not an error on a kernel without IPv6: it lists no sockets. */
	if (!err)
		err = walk_family(netlink, AF_INET6, map, buffer, visit, context);
	if (err == -ENOENT || err == -EPROTONOSUPPORT)
		complain("cannot list the connections: the kernel has no sock_diag for TCP: load the module tcp_diag");
	else if (err == -EPERM)
		complain("cannot list the connections: CAP_BPF is missing: run toa-bpf as root on the host");
	else if (err)
		complain("cannot list the connections: %s", strerror(-err));
	free(buffer);
	if (netlink >= 0)
		close(netlink);
	return !err;
}
