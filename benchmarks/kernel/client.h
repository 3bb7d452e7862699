/* SPDX-License-Identifier: MIT */
/*
 * A balancer's side of TCP connections, behind a TUN device. It sends ready-made segments
 * with a few patched fields, so that nearly all instructions of a connection are the
 * kernel's. No packet is lost, and the kernel answers before a write returns.
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

extern const struct option no_option;

/* Of the kinds 200 and 253. */
extern struct option option_ipv4, option_ipv6;

struct client {
	uint16_t port, server_port;
	uint32_t sent, received;	/* the next sequence numbers */
	uint32_t timestamp;		/* the server's last */
	const struct option *option;
};

/* Creates the device, which exists until this process ends. */
void client_setup(void);

/* Uses another port each time. All segments of the client carry the option, except the SYN. */
struct client client_connect(uint16_t server_port, const struct option *option);

void client_send(struct client *client);

/* Receives and acknowledges the server's data. */
void client_receive(struct client *client);

/* Closes the client's side of the connection. */
void client_finish(struct client *client);

#endif
