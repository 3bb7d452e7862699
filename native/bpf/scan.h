/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Finds the TOA options among the options of a TCP header, by the rules of toa_option.h. */
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

/*
 * The first valid option wins: balancers insert theirs directly after the base header,
 * so a later one may be forged. The scan continues after it to count the others, and to
 * find the options without a client.
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

static __always_inline const __u8 *toa_option_for(const struct toa_scan *scan, __u32 role)
{
	return scan->options + (scan->found[role] & 63);
}

/* Whether the first option with a client is on a SYN and may be an experimental Fast Open cookie. */
static __always_inline bool toa_may_be_fast_open(const struct toa_scan *scan)
{
	return scan->is_syn && toa_option_may_be_fast_open(toa_option_for(scan, TOA_ROLE_CLIENT));
}

/* Whether the scan found an option with a client. */
static __always_inline bool toa_found_client(const struct toa_scan *scan)
{
	return scan->matches[TOA_ROLE_CLIENT] && !toa_may_be_fast_open(scan);
}

#endif
