/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds a TOA option among the options of a TCP header, by the rules of toa_option.h. */
#ifndef TOA_BPF_SCAN_H
#define TOA_BPF_SCAN_H

#include "maps.h"

/* Creates a scan of size bytes of options, of a SYN or not. NULL, and counted, if there is no memory. */
static __always_inline struct toa_scan *toa_scan_open(struct bpf_sock *sk, __u32 size, __u32 is_syn)
{
	struct toa_scan *scan = bpf_sk_storage_get(&toa_scans, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!scan) {
		toa_count(TOA_COUNT_NO_MEMORY);
		return NULL;
	}
	scan->size = size;
	scan->is_syn = is_syn;
	return scan;
}

/* 0 for 0, else 1. */
static __always_inline __u32 toa_is_set(__u32 value)
{
	return (value | -value) >> 31;
}

/* All bits for an experimental Fast Open cookie, else 0. */
static __always_inline __u32 toa_fast_open(const volatile struct toa_scan *walk, __u32 at, __u32 kind)
{
	__u32 first = walk->options[(at & 63) + 2], second = walk->options[(at & 63) + 3];

	return toa_is_set((kind ^ TOA_FAST_OPEN_KIND) | (first ^ TOA_FAST_OPEN_FIRST) |
			  (second ^ TOA_FAST_OPEN_SECOND)) - 1;
}

/*
 * The first valid option wins: balancers insert theirs directly after the base header,
 * so a later one may be forged. The scan continues after it only to count the others.
 *
 * The caller has filled in the options and their size. A step has few branches, because the
 * verifier follows every branch to the end of the program.
 */
static __always_inline void toa_scan_options(struct toa_scan *scan, const struct toa_settings *settings)
{
	volatile struct toa_scan *walk = scan;
	__u32 role;
	int step;

	walk->at = 0;
	for (role = 0; role < TOA_ROLES; role++) {
		walk->found[role] = 0;
		walk->matches[role] = 0;
	}
	walk->wrong = 0;
	walk->malformed = 0;
	for (step = 0; step < TOA_TCP_OPTIONS_MOST; step++) {
		__u32 at = walk->at, size = walk->size, kind, length, kinds, match, seen, is_match, is_first;

		if (at >= size)
			break;
		kind = walk->options[at & 63];
		if (kind == TOA_TCP_OPTION_END)
			break;
		if (kind == TOA_TCP_OPTION_NOP) {
			walk->at = at + 1;
			continue;
		}
		length = walk->options[(at & 63) + 1];
		if (length < 2 || length > size - at) {
			walk->malformed = 1;
			break;
		}
		kinds = settings->formats.kinds[kind & 255];
		if (walk->is_syn)
			kinds &= ~toa_fast_open(walk, at, kind);
		match = kinds & settings->formats.lengths[length & 255];
		walk->wrong |= toa_is_set(kinds) & ~toa_is_set(match);
		role = TOA_ROLE_OF(match) & (TOA_ROLES - 1);
		seen = walk->matches[role];
		is_match = toa_is_set(match);
		is_first = is_match & ~toa_is_set(seen);
		walk->found[role] |= (at | match << TOA_FOUND_FORMAT) & -is_first;
		walk->matches[role] = seen + is_match;
		walk->at = at + length;
	}
}

#endif
