// SPDX-License-Identifier: MIT
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client.h"

/* Aligned as senders do it: two NOPs, kind, length, the sender's time and the echoed one. */
struct timestamp_option {
	uint8_t head[4];
	uint32_t value, echo;
};

/* The options that Linux clients send: MSS 1460, SACK, a window scale of 7. */
static const uint8_t syn_options[] = { 2, 4, 5, 180, 1, 1, 4, 2, 1, 3, 3, 7 };

struct segment {
	struct iphdr ip;
	struct tcphdr tcp;
	uint8_t rest[40 + PAYLOAD_SIZE];
} __attribute__((packed, aligned(4)));

const struct option no_option = { .name = "no option" };
struct option option_ipv4 = {
	.name = "IPv4 option", .size = 8,
	.bytes = { 200, 8, 0x15, 0xb3, 192, 0, 2, 10 },
};
struct option option_ipv6 = {
	.name = "IPv6 option", .size = 20,
	.bytes = { 253, 20, 0x9c, 0x40, 0x20, 0x01, 0x0d, 0xb8, [18] = 0, [19] = 1 },
};

static int tun;

static void configure(int sock, unsigned long request, struct ifreq *interface, const char *address)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&interface->ifr_addr;

	*in = (struct sockaddr_in){ .sin_family = AF_INET };
	inet_pton(AF_INET, address, &in->sin_addr);
	if (ioctl(sock, request, interface))
		err(1, "cannot set the device's address %s", address);
}

void client_setup(void)
{
	struct ifreq interface = { .ifr_name = "cost0", .ifr_flags = IFF_TUN | IFF_NO_PI };
	int sock;

	tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	sock = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (tun < 0 || ioctl(tun, TUNSETIFF, &interface))
		err(1, "cannot make a TUN device");
	configure(sock, SIOCSIFADDR, &interface, SERVER_ADDRESS);
	configure(sock, SIOCSIFNETMASK, &interface, "255.255.0.0");
	interface.ifr_flags = IFF_UP | IFF_RUNNING;
	if (ioctl(sock, SIOCSIFFLAGS, &interface))
		err(1, "cannot set the device up");
	close(sock);
}

static uint32_t sum(const void *data, unsigned int size, uint64_t start)
{
	const uint32_t *words = data;

	for (; size; size -= 4)
		start += *words++;
	start = (start & 0xffffffff) + (start >> 32);
	return (start & 0xffffffff) + (start >> 32);
}

static uint16_t fold(uint32_t sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return ~((sum & 0xffff) + (sum >> 16));
}

/* All lengths are multiples of four. */
static void transmit(struct client *client, uint8_t flags, unsigned int payload)
{
	struct segment segment = {
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP },
		.tcp = { .window = htons(0xffff) },
	};
	struct timestamp_option times = {
		.head = { 1, 1, TCPOPT_TIMESTAMP, TCPOLEN_TIMESTAMP },
		/* The value may stay the same, but must never decrease. */
		.value = htonl(1), .echo = client->timestamp,
	};
	unsigned int options = sizeof(times), size;

	memcpy(segment.rest, &times, sizeof(times));
	if (flags & TH_SYN) {
		memcpy(segment.rest + options, syn_options, sizeof(syn_options));
		options += sizeof(syn_options);
	} else {
		memcpy(segment.rest + options, client->option->bytes, sizeof(client->option->bytes));
		options += client->option->size;
	}
	size = sizeof(segment.tcp) + options + payload;

	segment.ip.tot_len = htons(sizeof(segment.ip) + size);
	segment.ip.saddr = htonl(0x0ac80709);
	segment.ip.daddr = htonl(0x0ac80001);
	segment.ip.check = fold(sum(&segment.ip, sizeof(segment.ip), 0));
	segment.tcp.source = htons(client->port);
	segment.tcp.dest = htons(client->server_port);
	segment.tcp.seq = htonl(client->sent);
	segment.tcp.ack_seq = htonl(client->received);
	segment.tcp.doff = (sizeof(segment.tcp) + options) / 4;
	segment.tcp.th_flags = flags;
	segment.tcp.check = fold(sum(&segment.tcp, size, (uint64_t)segment.ip.saddr +
				     segment.ip.daddr + htons(IPPROTO_TCP) + htons(size)));
	if (write(tun, &segment, sizeof(segment.ip) + size) < 0)
		err(1, "cannot write to the TUN device");
	client->sent += payload + !!(flags & (TH_SYN | TH_FIN));
}

/* Returns false if there is no segment. */
static int receive(struct client *client)
{
	struct segment segment;
	ssize_t size = read(tun, &segment, sizeof(segment));
	unsigned int at = 0, options;

	if (size < 0)
		return 0;
	/* Ignore other packets: the kernel also sends IPv6 neighbour messages. */
	if (segment.ip.version != 4 || segment.ip.protocol != IPPROTO_TCP ||
	    segment.tcp.dest != htons(client->port))
		return 1;
	if (segment.tcp.rst)
		errx(1, "the kernel resets a connection");
	options = segment.tcp.doff * 4 - sizeof(segment.tcp);
	while (at < options && segment.rest[at] != TCPOPT_TIMESTAMP)
		at += segment.rest[at] == TCPOPT_NOP ? 1 : segment.rest[at + 1];
	memcpy(&client->timestamp, segment.rest + at + 2, sizeof(client->timestamp));
	client->received = ntohl(segment.tcp.seq) + segment.tcp.syn + segment.tcp.fin +
			   size - sizeof(segment.ip) - sizeof(segment.tcp) - options;
	return 1;
}

struct client client_connect(uint16_t server_port, const struct option *option)
{
	static uint16_t ports;
	struct client client = {
		.port = 1024 + ports++ % 60000, .server_port = server_port,
		.sent = 1, .option = option,
	};

	transmit(&client, TH_SYN, 0);
	while (receive(&client))
		;
	if (!client.received)
		errx(1, "the kernel does not answer a SYN");
	transmit(&client, TH_ACK, 0);
	return client;
}

void client_send(struct client *client)
{
	transmit(client, TH_ACK | TH_PUSH, PAYLOAD_SIZE);
}

void client_receive(struct client *client)
{
	uint32_t before = client->received;

	while (receive(client))
		;
	if (client->received != before)
		transmit(client, TH_ACK, 0);
}

void client_finish(struct client *client)
{
	transmit(client, TH_ACK | TH_FIN, 0);
}
