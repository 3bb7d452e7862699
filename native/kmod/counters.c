// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "counters.h"
#include "steps.h"

static const char * const toa_counters_names[__TOA_MIB_MAX] = {
	[TOA_MIB_SYN_RECV_SOCK_TOA] = "syn_recv_sock_toa",
	[TOA_MIB_SYN_RECV_SOCK_NO_TOA] = "syn_recv_sock_no_toa",
	[TOA_MIB_GETNAME_TOA_OK] = "getname_toa_ok",
	[TOA_MIB_GETNAME_TOA_MISMATCH] = "getname_toa_mismatch",
	[TOA_MIB_GETNAME_TOA_EMPTY] = "getname_toa_empty",
	[TOA_MIB_IP6_ADDRESS_ALLOC] = "ip6_address_alloc",
	[TOA_MIB_IP6_ADDRESS_FREE] = "ip6_address_free",
	[TOA_MIB_IP4_ADDRESS_ALLOC] = "ip4_address_alloc",
	[TOA_MIB_IP4_ADDRESS_FREE] = "ip4_address_free",
	[TOA_MIB_OPTION_MALFORMED] = "option_malformed",
	[TOA_MIB_OPTION_WRONG_LENGTH] = "option_wrong_length",
	[TOA_MIB_ADDRESS_UNUSABLE] = "address_unusable",
	[TOA_MIB_UNTRUSTED] = "untrusted",
	[TOA_MIB_NO_MEMORY] = "no_memory",
	[TOA_MIB_OPTION_DUPLICATE] = "option_duplicate",
	[TOA_MIB_MPTCP_UNANSWERED] = "mptcp_unanswered",
	[TOA_MIB_HOOKS_SILENT] = "hooks_silent",
};

struct toa_counters_net {
	struct toa_counters __percpu *counters;
};

/* The type comes from the kernel: it was signed before 4.10. */
static typeof(*((struct pernet_operations *)0)->id) toa_counters_id __read_mostly;

/**
 * toa_counters_of() - the counters of a network namespace
 * @net: a namespace with a reference to it: from a socket of a program, or from a reader
 *
 * Return: its counters, which stay as long as the namespace.
 */
struct toa_counters __percpu *toa_counters_of(const struct net *net)
{
	const struct toa_counters_net *ours = net_generic(net, toa_counters_id);

	return ours->counters;
}

/**
 * toa_counters_print() - prints the text of /proc/net/toa_stats
 * @seq: where to
 * @net: the namespace whose counters they are
 */
void toa_counters_print(struct seq_file *seq, const struct net *net)
{
	const struct toa_counters __percpu *counters = toa_counters_of(net);
	int row, cpu;

	seq_printf(seq, "%-25s ", "");
	for_each_possible_cpu(cpu)
		seq_printf(seq, "%7s%-3d ", "CPU", cpu);
	seq_putc(seq, '\n');

	for (row = 0; row < __TOA_MIB_MAX; row++) {
		seq_printf(seq, "%-25s:", toa_counters_names[row]);
		for_each_possible_cpu(cpu)
			seq_printf(seq, "%10lu ",
				   READ_ONCE(per_cpu_ptr(counters, cpu)->value[row]));
		seq_putc(seq, '\n');
	}
}

static int __net_init toa_counters_net_init(struct net *net)
{
	struct toa_counters_net *ours = net_generic(net, toa_counters_id);

	ours->counters = alloc_percpu(struct toa_counters);
	return ours->counters ? 0 : -ENOMEM;
}

static void __net_exit toa_counters_net_exit(struct net *net)
{
	free_percpu(toa_counters_of(net));
}

static struct pernet_operations toa_counters_net_ops = {
	.init = toa_counters_net_init,
	.exit = toa_counters_net_exit,
	.id = &toa_counters_id,
	.size = sizeof(struct toa_counters_net),
};

int toa_counters_init(void)
{
	return register_pernet_subsys(&toa_counters_net_ops);
}

void toa_counters_exit(void)
{
	unregister_pernet_subsys(&toa_counters_net_ops);
}
