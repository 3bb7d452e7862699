// SPDX-License-Identifier: MIT OR GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/in.h>
#include <linux/in6.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <net/ipv6.h>
#include <net/net_namespace.h>

#include "compat/proc_net.h"
#include "counters.h"
#include "settings.h"
#include "steps.h"
#include "store.h"

static int toa_proc_stats_show(struct seq_file *seq, void *unused)
{
	toa_counters_print(seq, seq_file_single_net(seq));
	return 0;
}

/*
 * toa_table: a line for each connection of the namespace that holds an address.
 *
 * Each row is copied out of the store before it is printed, and nothing is held
 * between rows: a reader can be as slow as it likes, and the table as long.
 */
struct toa_proc_table_state {
	struct seq_net_private net;
	struct toa_connection row;
};

static void *toa_proc_row_at(struct seq_file *seq, loff_t *position)
{
	struct toa_proc_table_state *state = seq->private;

	if (!*position)
		return SEQ_START_TOKEN;
	if (!toa_store_walk(position, toa_net_id(seq_file_net(seq)), &state->row))
		return NULL;
	return &state->row;
}

static void *toa_proc_table_start(struct seq_file *seq, loff_t *position)
{
	return toa_proc_row_at(seq, position);
}

static void *toa_proc_table_next(struct seq_file *seq, void *row, loff_t *position)
{
	++*position;
	return toa_proc_row_at(seq, position);
}

static void toa_proc_table_stop(struct seq_file *seq, void *row)
{
}

static void toa_proc_print_endpoint(struct seq_file *seq, const struct in6_addr *addr, __be16 port)
{
	size_t before = seq->count;

	if (ipv6_addr_any(addr))
		seq_puts(seq, "-");
	else if (ipv6_addr_v4mapped(addr))
		seq_printf(seq, "%pI4:%u", &addr->s6_addr32[3], ntohs(port));
	else
		seq_printf(seq, "[%pI6c]:%u", addr, ntohs(port));
	/* As wide as the longest: [8 * 4 digits]:port. */
	seq_printf(seq, "%*s", (int)max_t(ssize_t, before + 48 - seq->count, 1), "");
}

static int toa_proc_table_show(struct seq_file *seq, void *row)
{
	const struct toa_connection *connection = row;
	struct toa_endpoint peer, local;

	if (row == SEQ_START_TOKEN) {
		seq_printf(seq, "%-48s%-48s%-48s%-5s%-13s%-48s%s\n", "client", "transport_peer",
			   "local", "kind", "format", "virtual", "network_id");
		return 0;
	}
	peer = toa_flow_peer(&connection->flow);
	local = toa_flow_local(&connection->flow);
	toa_proc_print_endpoint(seq, &connection->client.addr, connection->client.port);
	toa_proc_print_endpoint(seq, &peer.addr, peer.port);
	toa_proc_print_endpoint(seq, &local.addr, local.port);
	seq_printf(seq, "%-5u%-13s", connection->client.kind,
		   toa_formats_layout(connection->client.format)->text);
	toa_proc_print_endpoint(seq, &connection->client.virtual_addr,
				connection->client.virtual_port);
	seq_printf(seq, "%u\n", connection->client.network_id);
	return 0;
}

static const struct seq_operations toa_proc_table_ops = {
	.start = toa_proc_table_start,
	.next = toa_proc_table_next,
	.stop = toa_proc_table_stop,
	.show = toa_proc_table_show,
};

static int __net_init toa_proc_net_init(struct net *net)
{
	if (!proc_create_net_single("toa_stats", 0444, net->proc_net, toa_proc_stats_show, NULL))
		return -ENOMEM;
	/* Its rows name the clients of all users' connections. */
	if (!proc_create_net("toa_table", 0400, net->proc_net, &toa_proc_table_ops,
			     sizeof(struct toa_proc_table_state))) {
		remove_proc_entry("toa_stats", net->proc_net);
		return -ENOMEM;
	}
	return 0;
}

static void __net_exit toa_proc_net_exit(struct net *net)
{
	remove_proc_entry("toa_table", net->proc_net);
	remove_proc_entry("toa_stats", net->proc_net);
}

static struct pernet_operations toa_proc_net_ops = {
	.init = toa_proc_net_init,
	.exit = toa_proc_net_exit,
};

int toa_proc_init(void)
{
	int err = register_pernet_subsys(&toa_proc_net_ops);

	if (err)
		pr_err("cannot create /proc/net/toa_stats and /proc/net/toa_table: if another TOA module created them, unload it first\n");
	return err;
}

void toa_proc_exit(void)
{
	unregister_pernet_subsys(&toa_proc_net_ops);
}
