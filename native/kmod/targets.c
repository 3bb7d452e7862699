// SPDX-License-Identifier: MIT OR GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/err.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <net/sock.h>
#include <net/inet_common.h>		/* of old kernels: relies on others before it */

#include "compat/memory.h"
#include "compat/socket.h"
#include "steps.h"
#include "targets.h"

struct toa_targets toa_targets __ro_after_init = {
	/* Exported. IPv6 has one of its own, newer kernels one for TCP: all end with this. */
	.destruct = inet_sock_destruct,
};

/*
 * Of the others only some are exported, but every TCP socket points at them: a
 * throw-away socket names them, without kallsyms and without a probe.
 */
static int toa_targets_find(int family, toa_syn_recv_sock_fn *syn_recv_sock,
			    toa_getname_fn *getname)
{
	struct socket *sock;
	int err = toa_socket_create(family, &sock);

	if (err)
		return err;
	*syn_recv_sock = inet_csk(sock->sk)->icsk_af_ops->syn_recv_sock;
	*getname = sock->ops->getname;
	sock_release(sock);
	return 0;
}

static int toa_targets_find_ipv4(struct toa_targets *targets)
{
	return toa_targets_find(PF_INET, &targets->v4_syn_recv_sock, &targets->v4_getname);
}

static int toa_targets_find_ipv6(struct toa_targets *targets)
{
	return toa_targets_find(PF_INET6, &targets->v6_syn_recv_sock, &targets->v6_getname);
}

const char * const toa_targets_names[TOA_TARGETS] = {
	[TOA_DESTRUCT] = "inet_sock_destruct",
	[TOA_V4_GETNAME] = "inet_getname",
	[TOA_V6_GETNAME] = "inet6_getname",
	[TOA_V4_SYN_RECV_SOCK] = "tcp_v4_syn_recv_sock",
	[TOA_V6_SYN_RECV_SOCK] = "tcp_v6_syn_recv_sock",
};

void *toa_targets_entry(const struct toa_targets *targets, enum toa_target target)
{
	switch (target) {
	case TOA_DESTRUCT:
		return targets->destruct;
	case TOA_V4_GETNAME:
		return targets->v4_getname;
	case TOA_V6_GETNAME:
		return targets->v6_getname;
	case TOA_V4_SYN_RECV_SOCK:
		return targets->v4_syn_recv_sock;
	case TOA_V6_SYN_RECV_SOCK:
		return targets->v6_syn_recv_sock;
	case TOA_TARGETS:
		break;
	}
	return NULL;
}

/*
 * Modules that patch the kernel's tables in place leave a function of their own there,
 * often of a similar name (inet_getname_toa): a hook on it would end with its module.
 * A compiler may add a suffix behind a dot, and IPv6 may be a module.
 */
static bool toa_targets_is_symbol(const char *symbol, const char *name)
{
	const char *rest = symbol + strlen(name);

	return !strncmp(symbol, name, strlen(name)) &&
	       (!*rest || *rest == '.' || !strcmp(rest, " [ipv6]"));
}

static int toa_targets_refuse_replaced(void)
{
	enum toa_target target;

	for (target = 0; IS_ENABLED(CONFIG_KALLSYMS) && target < TOA_TARGETS; target++) {
		const char *name = toa_targets_names[target];
		void *entry = toa_targets_entry(&toa_targets, target);
		char symbol[KSYM_SYMBOL_LEN];

		snprintf(symbol, sizeof(symbol), "%ps", entry);
		if (!entry || toa_targets_is_symbol(symbol, name))
			continue;
		pr_err("%s was replaced by %s: first unload the module that replaced it\n",
		       name, symbol);
		return -EBUSY;
	}
	return 0;
}

int toa_targets_init(void)
{
	int err = toa_targets_find_ipv4(&toa_targets);

	if (err) {
		pr_err("cannot create a TCP socket: error %d\n", err);
		return err;
	}
	err = toa_targets_find_ipv6(&toa_targets);
	if (err == -EAFNOSUPPORT) {
		pr_info("this kernel runs without IPv6: only IPv4 sockets are hooked\n");
	} else if (err) {
		pr_err("cannot create an IPv6 TCP socket: error %d\n", err);
		return err;
	}
	return toa_targets_refuse_replaced();
}

enum toa_target toa_targets_replaced(void **replacement)
{
	struct toa_targets current_targets = toa_targets;
	enum toa_target target;

	/* Without memory for a socket, nothing is known. */
	if (toa_targets_find_ipv4(&current_targets) ||
	    (toa_targets.v6_getname && toa_targets_find_ipv6(&current_targets)))
		return TOA_TARGETS;
	for (target = 0; target < TOA_TARGETS; target++) {
		*replacement = toa_targets_entry(&current_targets, target);
		if (*replacement != toa_targets_entry(&toa_targets, target))
			break;
	}
	return target;
}
