/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Files below /proc/net have been made in one call since 4.18. For one file of each sort. */
#ifndef TOA_COMPAT_PROC_NET_H
#define TOA_COMPAT_PROC_NET_H

#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/seq_file_net.h>

#include "generated.h"

#ifndef TOA_HAVE_PROC_CREATE_NET

#include <linux/fs.h>
#include <linux/module.h>

struct toa_proc_table {
	const struct seq_operations *ops;
	int state_size;
};

static int toa_proc_table_open(struct inode *inode, struct file *file)
{
	const struct toa_proc_table *table = PDE_DATA(inode);

	return seq_open_net(inode, file, table->ops, table->state_size);
}

static const struct file_operations toa_proc_table_fops = {
	.owner = THIS_MODULE,
	.open = toa_proc_table_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = seq_release_net,
};

static inline struct proc_dir_entry *
proc_create_net(const char *name, umode_t mode, struct proc_dir_entry *parent,
		const struct seq_operations *ops, unsigned int state_size)
{
	static struct toa_proc_table table;

	table.ops = ops;
	table.state_size = state_size;
	return proc_create_data(name, mode, parent, &toa_proc_table_fops, &table);
}

static int toa_proc_single_open(struct inode *inode, struct file *file)
{
	int (*show)(struct seq_file *seq, void *unused) = PDE_DATA(inode);

	return single_open_net(inode, file, show);
}

static const struct file_operations toa_proc_single_fops = {
	.owner = THIS_MODULE,
	.open = toa_proc_single_open,
	.read = seq_read,
	.llseek = seq_lseek,
	.release = single_release_net,
};

static inline struct proc_dir_entry *
proc_create_net_single(const char *name, umode_t mode, struct proc_dir_entry *parent,
		       int (*show)(struct seq_file *seq, void *unused), void *unused)
{
	return proc_create_data(name, mode, parent, &toa_proc_single_fops, show);
}

static inline struct net *seq_file_single_net(struct seq_file *seq)
{
#ifdef CONFIG_NET_NS
	return seq->private;
#else
	return &init_net;
#endif
}

#endif

#endif
