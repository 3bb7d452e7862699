/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The files stats and table, in the format of /proc/net/toa_stats and toa_table. Needs the kernel's BTF. */
#ifndef TOA_BPF_FILES_H
#define TOA_BPF_FILES_H

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_tracing.h>

#include "toa_format_table.h"

#include "maps.h"

/* The kernel's structures, only with the fields that are read: libbpf finds these by name at load time. */
#define TOA_OF_THE_KERNEL __attribute__((preserve_access_index))

struct seq_file {
	size_t count;
} TOA_OF_THE_KERNEL;

struct net {
	unsigned int ifindex;
} TOA_OF_THE_KERNEL;

typedef struct {
	struct net *net;
} TOA_OF_THE_KERNEL possible_net_t;

struct sock_common {
	possible_net_t skc_net;
} TOA_OF_THE_KERNEL;

struct sock {
	struct sock_common __sk_common;
} TOA_OF_THE_KERNEL;

struct nsproxy {
	struct net *net_ns;
} TOA_OF_THE_KERNEL;

struct task_struct {
	struct nsproxy *nsproxy;
} TOA_OF_THE_KERNEL;

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
} TOA_OF_THE_KERNEL;

struct bpf_iter__bpf_sk_storage_map {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	struct sock *sk;
	void *value;
} TOA_OF_THE_KERNEL;

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	struct bpf_map *map;
	void *key;
	void *value;
} TOA_OF_THE_KERNEL;

/* The number of possible CPUs: a counter has one value for each. The loader sets it. */
const volatile __u32 toa_cpus = 1;
#define TOA_MOST_CPUS	4096

static __always_inline void toa_print_cpus(struct seq_file *seq)
{
	__u32 cpu;

	BPF_SEQ_PRINTF(seq, "                          ");
	for (cpu = 0; cpu < toa_cpus && cpu < TOA_MOST_CPUS; cpu++)
		BPF_SEQ_PRINTF(seq, "    CPU%-3u ", cpu);
	BPF_SEQ_PRINTF(seq, "\n");
}

static __always_inline void toa_print_counter(struct bpf_iter__bpf_map_elem *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	const struct toa_counter_name *name;
	const __u64 *values = ctx->value;
	const __u32 *key = ctx->key;
	__u32 cpu, row;

	if (!key || !values)
		return;
	row = *key;
	name = bpf_map_lookup_elem(&toa_counter_names, &row);
	if (!name || !name->text[0])
		return;
	if (!row)
		toa_print_cpus(seq);
	BPF_SEQ_PRINTF(seq, "%-25s:", name->text);
	for (cpu = 0; cpu < toa_cpus && cpu < TOA_MOST_CPUS; cpu++)
		BPF_SEQ_PRINTF(seq, "%10lu ", values[cpu]);
	BPF_SEQ_PRINTF(seq, "\n");
}

static __always_inline void toa_print_end(struct seq_file *seq, const struct toa_address *address, __be16 port)
{
	if (!address->word[0] && !address->word[1] && !address->word[2] && !address->word[3])
		BPF_SEQ_PRINTF(seq, "%-48s", "-");
	else if (!address->word[0] && !address->word[1] && address->word[2] == bpf_htonl(0xffff))
		BPF_SEQ_PRINTF(seq, "%pI4:%-39u ", &address->word[3], bpf_ntohs(port));
	else
		BPF_SEQ_PRINTF(seq, "[%pI6]:%-5u ", address, bpf_ntohs(port));
}

/* Whether the reader's network namespace is the socket's. */
static __always_inline bool toa_is_of_reader(struct sock *sk)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();

	return BPF_CORE_READ(task, nsproxy, net_ns) == BPF_CORE_READ(sk, __sk_common.skc_net.net);
}

/* In two parts: Linux 5.10 prints six strings at most. */
static __always_inline void toa_print_columns(struct seq_file *seq)
{
	BPF_SEQ_PRINTF(seq, "%-48s%-48s%-48s", "client", "transport_peer", "local");
	BPF_SEQ_PRINTF(seq, "%-5s%-13s%-48s%s\n", "kind", "format", "virtual", "network_id");
}

static __always_inline void toa_print_connection(struct bpf_iter__bpf_sk_storage_map *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	const struct toa_held *held = ctx->value;
	struct sock *sk = ctx->sk;
	struct toa_connection row;

	/* The last call has no socket, and the number of the last connection: 0 if there is one or none. */
	if (!ctx->meta->seq_num && (sk || !seq->count))
		toa_print_columns(seq);
	if (!sk || !held)
		return;
	/* Without this, clang computes addresses in held before the check for NULL; the verifier refuses that. */
	asm volatile("" : "+r"(held));
	if (!held->connection.format || held->ended || !toa_is_of_reader(sk))
		return;
	row = held->connection;
	toa_print_end(seq, &row.client, row.client_port);
	toa_print_end(seq, &row.peer, row.peer_port);
	toa_print_end(seq, &row.local, row.local_port);
	BPF_SEQ_PRINTF(seq, "%-5u%-13s", row.kind, toa_layouts[row.format & 15].text);
	toa_print_end(seq, &row.virtual_addr, row.virtual_port);
	BPF_SEQ_PRINTF(seq, "%u\n", row.network_id);
}

#endif
