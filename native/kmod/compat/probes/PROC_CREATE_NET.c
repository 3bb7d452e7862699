// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* proc_create_net and its kin (4.18). */
#include <linux/proc_fs.h>
#include <linux/seq_file_net.h>

const struct net *probe(struct seq_file *seq, const struct seq_operations *ops);

const struct net *probe(struct seq_file *seq, const struct seq_operations *ops)
{
	proc_create_net("probe", 0444, NULL, ops, 8);
	proc_create_net_single("probe", 0444, NULL, NULL, NULL);
	return seq_file_single_net(seq);
}
