// SPDX-License-Identifier: GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <net/net_namespace.h>

#include "compat/proc_net.h"
#include "proc.h"
#include "stats.h"
#include "table.h"

static int stats_show(struct seq_file *seq, void *unused)
{
	toa_stats_print(seq, seq_file_single_net(seq));
	return 0;
}

static int __net_init proc_net_init(struct net *net)
{
	if (!proc_create_net_single("toa_stats", 0444, net->proc_net, stats_show, NULL))
		return -ENOMEM;
	/* Its rows name the clients of all users' connections. */
	if (!proc_create_net("toa_table", 0400, net->proc_net, &toa_table_ops,
			     toa_table_state_size)) {
		remove_proc_entry("toa_stats", net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit proc_net_exit(struct net *net)
{
	remove_proc_entry("toa_table", net->proc_net);
	remove_proc_entry("toa_stats", net->proc_net);
}

static struct pernet_operations proc_net_ops = {
	.init = proc_net_init,
	.exit = proc_net_exit,
};

int toa_proc_init(void)
{
	int err = register_pernet_subsys(&proc_net_ops);

	if (err)
		pr_err("cannot create /proc/net/toa_stats and /proc/net/toa_table: if another TOA module created them, unload it first\n");
	return err;
}

void toa_proc_exit(void)
{
	unregister_pernet_subsys(&proc_net_ops);
}
