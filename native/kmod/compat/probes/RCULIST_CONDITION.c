// SPDX-License-Identifier: GPL-2.0-only
/* hlist_for_each_entry_rcu takes what holds in place of rcu_read_lock (5.4). */
#include <linux/rculist.h>

struct probe {
	struct hlist_node node;
};

const struct probe *probe(struct hlist_head *head);

const struct probe *probe(struct hlist_head *head)
{
	const struct probe *entry;

	hlist_for_each_entry_rcu(entry, head, node, true)
		return entry;
	return NULL;
}
