/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
#ifndef TOA_BPF_MAPS_H
#define TOA_BPF_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

#include "shared.h"

/* Freed with the socket. Pinned, so that the addresses stay when the programs are replaced. */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, int);
	__type(value, struct toa_held);
} toa_held SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct toa_scan);
} toa_scans SEC(".maps");

/* Replaced in place: a segment that arrives meanwhile may be read with some kinds of the earlier setting. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct toa_settings);
} toa_settings SEC(".maps");

struct toa_trusted {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, TOA_MOST_NETWORKS);
	__uint(key_size, sizeof(struct toa_network));
	__uint(value_size, sizeof(__u8));
};

/* Holds one list, replaced in one step: no connection sees half of one. No list: any source is trusted. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__array(values, struct toa_trusted);
} toa_trusted SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TOA_COUNTERS_ROOM);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, __u64);
} toa_counters SEC(".maps");

/* The loader writes the names: a reader of another version can show all counters correctly. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TOA_COUNTERS_ROOM);
	__uint(pinning, LIBBPF_PIN_BY_NAME);
	__type(key, __u32);
	__type(value, struct toa_counter_name);
} toa_counter_names SEC(".maps");

static const __u32 toa_only = 0;

static __always_inline void toa_count(__u32 counter)
{
	__u64 *value = bpf_map_lookup_elem(&toa_counters, &counter);

	/* Atomic: a program of another socket can interrupt this one. */
	if (value)
		__sync_fetch_and_add(value, 1);
}

static __always_inline const struct toa_settings *toa_settings_now(void)
{
	__u32 key = toa_only;

	return bpf_map_lookup_elem(&toa_settings, &key);
}

#endif
