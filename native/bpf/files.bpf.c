// SPDX-License-Identifier: MIT OR GPL-2.0-only
/*
 * The files stats and table, in a separate object: they need the kernel's BTF. Without BTF,
 * libbpf loads no part of an object that needs it, and the provider works without the files.
 */
#include <stdbool.h>
#include <stddef.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "files.h"

char LICENSE[] SEC("license") = "Dual MIT/GPL";

SEC("iter/bpf_map_elem")
int toa_stats_file(struct bpf_iter__bpf_map_elem *ctx)
{
	toa_print_counter(ctx);
	return 0;
}

SEC("iter/bpf_sk_storage_map")
int toa_table_file(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	toa_print_connection(ctx);
	return 0;
}
