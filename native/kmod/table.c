// SPDX-License-Identifier: GPL-2.0-only
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>
#include <net/ipv6.h>

#include "store.h"
#include "table.h"

/*
 * Each row is copied out of the store before it is printed, and nothing is held
 * between rows: a reader can be as slow as it likes, and the table as long.
 */
struct toa_table_state {
	struct seq_net_private net;
	struct toa_connection row;
};

const size_t toa_table_state_size = sizeof(struct toa_table_state);

static void *row_at(struct seq_file *seq, loff_t *position)
{
	struct toa_table_state *state = seq->private;

	if (!*position)
		return SEQ_START_TOKEN;
	return toa_store_walk(position, seq_file_net(seq), &state->row) ? &state->row : NULL;
}

static void *start(struct seq_file *seq, loff_t *position)
{
	return row_at(seq, position);
}

static void *next(struct seq_file *seq, void *row, loff_t *position)
{
	++*position;
	return row_at(seq, position);
}

static void stop(struct seq_file *seq, void *row)
{
}

static void print_endpoint(struct seq_file *seq, const struct in6_addr *addr, __be16 port)
{
	size_t before = seq->count;

	if (ipv6_addr_v4mapped(addr))
		seq_printf(seq, "%pI4:%u", &addr->s6_addr32[3], ntohs(port));
	else
		seq_printf(seq, "[%pI6c]:%u", addr, ntohs(port));
	/* As wide as the longest: [8 * 4 digits]:port. */
	seq_printf(seq, "%*s", (int)max_t(ssize_t, before + 48 - seq->count, 1), "");
}

static int show(struct seq_file *seq, void *row)
{
	const struct toa_connection *connection = row;

	if (row == SEQ_START_TOKEN) {
		seq_printf(seq, "%-48s%-48s%-48s%s\n", "client", "transport_peer", "local", "kind");
		return 0;
	}
	print_endpoint(seq, &connection->client.addr, connection->client.port);
	print_endpoint(seq, &connection->flow.peer.addr, connection->flow.peer.port);
	print_endpoint(seq, &connection->flow.local.addr, connection->flow.local.port);
	seq_printf(seq, "%u\n", connection->client.kind);
	return 0;
}

const struct seq_operations toa_table_ops = {
	.start = start,
	.next = next,
	.stop = stop,
	.show = show,
};
