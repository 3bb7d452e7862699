// SPDX-License-Identifier: GPL-2.0-only
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "hook.h"
#include "stats.h"

static const char * const names[TOA_MIB_MAX] = {
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

struct toa_counters {
	unsigned long value[TOA_MIB_MAX];
};

struct toa_stats {
	struct toa_counters __percpu *counters;
};

/* The type comes from the kernel: it was signed before 4.10. */
static typeof(*((struct pernet_operations *)0)->id) stats_id __read_mostly;

static const struct toa_stats *stats_of(const struct net *net)
{
	return net_generic(net, stats_id);
}

void toa_count(const struct net *net, enum toa_mib counter)
{
	this_cpu_inc(stats_of(net)->counters->value[counter]);
}

void toa_stats_print(struct seq_file *seq, const struct net *net)
{
	const struct toa_counters __percpu *counters = stats_of(net)->counters;
	int row, cpu;

	seq_printf(seq, "%-25s ", "");
	for_each_possible_cpu(cpu)
		seq_printf(seq, "%7s%-3d ", "CPU", cpu);
	seq_putc(seq, '\n');

	for (row = 0; row < TOA_MIB_MAX; row++) {
		seq_printf(seq, "%-25s:", names[row]);
		for_each_possible_cpu(cpu)
			seq_printf(seq, "%10lu ",
				   READ_ONCE(per_cpu_ptr(counters, cpu)->value[row]));
		seq_putc(seq, '\n');
	}

	/* Of the whole machine, and in every namespace: whose calls they were, nobody saw. */
	seq_printf(seq, "%-25s:", "hooks_missed");
	for_each_possible_cpu(cpu)
		seq_printf(seq, "%10lu ",
			   cpu == cpumask_first(cpu_possible_mask) ? toa_hook_way.missed() : 0);
	seq_putc(seq, '\n');
}

static int __net_init stats_net_init(struct net *net)
{
	struct toa_stats *stats = net_generic(net, stats_id);

	stats->counters = alloc_percpu(struct toa_counters);
	return stats->counters ? 0 : -ENOMEM;
}

static void __net_exit stats_net_exit(struct net *net)
{
	free_percpu(stats_of(net)->counters);
}

static struct pernet_operations stats_net_ops = {
	.init = stats_net_init,
	.exit = stats_net_exit,
	.id = &stats_id,
	.size = sizeof(struct toa_stats),
};

int toa_stats_init(void)
{
	return register_pernet_subsys(&stats_net_ops);
}

void toa_stats_exit(void)
{
	unregister_pernet_subsys(&stats_net_ops);
}
