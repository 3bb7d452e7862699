/* SPDX-License-Identifier: GPL-2.0-only */
/* /proc/net/toa_table: a line for each connection of the namespace that holds an address. */
#ifndef TOA_KMOD_TABLE_H
#define TOA_KMOD_TABLE_H

#include <linux/types.h>

struct seq_operations;

extern const struct seq_operations toa_table_ops;
extern const size_t toa_table_state_size;

#endif
