/* SPDX-License-Identifier: MIT */
/*
 * A balancer's side of TCP connections, behind a TUN device: ready-made segments with
 * a few fields patched, so that nearly all of a connection's instructions are the
 * kernel's. Nothing is lost on the way, and the kernel answers before a write returns.
 */
#ifndef CLIENT_H
#define CLIENT_H

#include <stdint.h>

#define SERVER_ADDRESS	"10.200.0.1"
#define PAYLOAD_SIZE	100

/* The bytes of a TCP option; its size is a multiple of four. */
struct option {
	const char *name;
	unsigned char size;
	unsigned char bytes[20];
};

extern const struct option no_option, option_ipv4, option_ipv6;

struct client {
	uint16_t port, server_port;
	uint32_t sent, received;	/* sequence numbers: of what comes next */
	uint32_t timestamp;		/* the server's last */
	const struct option *option;
};

/* Makes the device, for this process's lifetime. */
void client_setup(void);

/* From another port each time. The option is on each segment of the client's but the SYN. */
struct client client_connect(uint16_t server_port, const struct option *option);

void client_send(struct client *client);

/* Takes in, and acknowledges, what the server has sent. */
void client_receive(struct client *client);

/* Ends the client's half. */
void client_finish(struct client *client);

#endif
