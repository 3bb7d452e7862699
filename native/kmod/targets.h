/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The kernel's own functions behind the hooks. */
#ifndef TOA_KMOD_TARGETS_H
#define TOA_KMOD_TARGETS_H

#include <linux/net.h>
#include <net/inet_connection_sock.h>
#include <net/sock.h>

/* The types come from the kernel: a wrapper with other parameters does not compile. */
typedef typeof(((struct inet_connection_sock_af_ops *)0)->syn_recv_sock) toa_syn_recv_sock_fn;
typedef typeof(((struct proto_ops *)0)->getname) toa_getname_fn;
typedef typeof(((struct sock *)0)->sk_destruct) toa_destruct_fn;

struct toa_targets {
	toa_syn_recv_sock_fn v4_syn_recv_sock;
	toa_syn_recv_sock_fn v6_syn_recv_sock;	/* NULL where the kernel runs without IPv6 */
	toa_getname_fn v4_getname;
	toa_getname_fn v6_getname;		/* likewise */
	toa_destruct_fn destruct;
};

extern struct toa_targets toa_targets;

/* Fails where another module has put functions of its own in their place. */
int toa_targets_init(void);

enum toa_target {
	TOA_DESTRUCT,
	TOA_V4_GETNAME,
	TOA_V6_GETNAME,
	TOA_V4_SYN_RECV_SOCK,
	TOA_V6_SYN_RECV_SOCK,
	TOA_TARGETS
};

extern const char * const toa_targets_names[TOA_TARGETS];

void *toa_targets_entry(const struct toa_targets *targets, enum toa_target target);

/*
 * The first target that new sockets no longer point at, because a module has patched the
 * kernel's tables, and its replacement. TOA_TARGETS if all targets are in place.
 */
enum toa_target toa_targets_replaced(void **replacement);

#endif
