/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Counters, per network namespace and CPU. */
#ifndef TOA_KMOD_COUNTERS_H
#define TOA_KMOD_COUNTERS_H

#include <linux/percpu.h>
#include <linux/types.h>

struct net;
struct seq_file;

enum toa_mib {
	TOA_MIB_SYN_RECV_SOCK_TOA,	/* connections with an address from an option */
	TOA_MIB_SYN_RECV_SOCK_NO_TOA,	/* and without */
	TOA_MIB_GETNAME_TOA_OK,		/* an option's address was handed to a program */
	TOA_MIB_GETNAME_TOA_MISMATCH,	/* getsockopt on a connection that holds an IPv4 address */
	TOA_MIB_GETNAME_TOA_EMPTY,	/* getsockopt on a connection without an option */
	TOA_MIB_IP6_ADDRESS_ALLOC,
	TOA_MIB_IP6_ADDRESS_FREE,
	TOA_MIB_IP4_ADDRESS_ALLOC,
	TOA_MIB_IP4_ADDRESS_FREE,
	/* Why a connection is without an address although it carried something. */
	TOA_MIB_OPTION_MALFORMED,
	TOA_MIB_OPTION_WRONG_LENGTH,
	TOA_MIB_ADDRESS_UNUSABLE,
	TOA_MIB_UNTRUSTED,
	TOA_MIB_NO_MEMORY,
	/* A second option of a header, which is not looked at. */
	TOA_MIB_OPTION_DUPLICATE,
	/* getpeername of a Multipath TCP connection whose address, if any, cannot be told. */
	TOA_MIB_MPTCP_UNANSWERED,
	/* The watchdog saw that hooks are not called: counted in the first namespace. */
	TOA_MIB_HOOKS_SILENT,
	__TOA_MIB_MAX
};

struct toa_counters {
	unsigned long value[__TOA_MIB_MAX];
};

struct toa_counters __percpu *toa_counters_of(const struct net *net);

/**
 * toa_counters_add() - adds one to a counter
 * @counters: of toa_counters_of
 * @counter: which one
 */
static inline void toa_counters_add(struct toa_counters __percpu *counters, enum toa_mib counter)
{
	this_cpu_inc(counters->value[counter]);
}

/**
 * toa_counters_add_net() - adds one to a counter of a network namespace
 * @net: a namespace with a reference to it
 * @counter: which one
 */
static inline void toa_counters_add_net(const struct net *net, enum toa_mib counter)
{
	toa_counters_add(toa_counters_of(net), counter);
}

void toa_counters_print(struct seq_file *seq, const struct net *net);

#endif
