// SPDX-License-Identifier: GPL-2.0-only
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

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
};

struct toa_counters {
	unsigned long value[TOA_MIB_MAX];
};

struct toa_stats_net {
	struct toa_counters __percpu *counters;
	struct rcu_head rcu;
};

struct toa_stats_slot {
	struct toa_stats_net __rcu *stats;
};

static unsigned int slot_id __read_mostly;

/*
 * Sockets of the kernel's own do not hold their namespace: one can still end when
 * the namespace's counters are gone, so they are looked up under RCU.
 */
void toa_count(const struct net *net, enum toa_mib counter)
{
	const struct toa_stats_slot *slot = net_generic(net, slot_id);
	const struct toa_stats_net *stats;

	rcu_read_lock();
	stats = rcu_dereference(slot->stats);
	if (stats)
		this_cpu_inc(stats->counters->value[counter]);
	rcu_read_unlock();
}

void toa_stats_print(struct seq_file *seq, const struct net *net)
{
	const struct toa_stats_slot *slot = net_generic(net, slot_id);
	const struct toa_stats_net *stats;
	int row, cpu;

	seq_printf(seq, "%-25s ", "");
	for_each_possible_cpu(cpu)
		seq_printf(seq, "%7s%-3d ", "CPU", cpu);
	seq_putc(seq, '\n');

	rcu_read_lock();
	stats = rcu_dereference(slot->stats);
	for (row = 0; stats && row < TOA_MIB_MAX; row++) {
		seq_printf(seq, "%-25s:", names[row]);
		for_each_possible_cpu(cpu)
			seq_printf(seq, "%10lu ",
				   READ_ONCE(per_cpu_ptr(stats->counters, cpu)->value[row]));
		seq_putc(seq, '\n');
	}
	rcu_read_unlock();
}

static void free_stats(struct rcu_head *rcu)
{
	struct toa_stats_net *stats = container_of(rcu, struct toa_stats_net, rcu);

	free_percpu(stats->counters);
	kfree(stats);
}

static int __net_init stats_net_init(struct net *net)
{
	struct toa_stats_slot *slot = net_generic(net, slot_id);
	struct toa_stats_net *stats = kzalloc(sizeof(*stats), GFP_KERNEL);

	if (!stats)
		return -ENOMEM;
	stats->counters = alloc_percpu(struct toa_counters);
	if (!stats->counters) {
		kfree(stats);
		return -ENOMEM;
	}
	rcu_assign_pointer(slot->stats, stats);
	return 0;
}

static void __net_exit stats_net_exit(struct net *net)
{
	struct toa_stats_slot *slot = net_generic(net, slot_id);
	struct toa_stats_net *stats = rcu_dereference_protected(slot->stats, true);

	RCU_INIT_POINTER(slot->stats, NULL);
	call_rcu(&stats->rcu, free_stats);
}

static struct pernet_operations stats_net_ops = {
	.init = stats_net_init,
	.exit = stats_net_exit,
	.id = &slot_id,
	.size = sizeof(struct toa_stats_slot),
};

int toa_stats_init(void)
{
	return register_pernet_subsys(&stats_net_ops);
}

void toa_stats_exit(void)
{
	unregister_pernet_subsys(&stats_net_ops);
	rcu_barrier();	/* free_stats is code of this module */
}
