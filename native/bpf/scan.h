/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Finds a TOA option among the options of a TCP header, by the rules of toa_option.h. */
#ifndef TOA_BPF_SCAN_H
#define TOA_BPF_SCAN_H

#include "maps.h"

/* Creates a scan of size bytes of options. NULL, and counted, if there is no memory. */
static __always_inline struct toa_scan *toa_scan_open(struct bpf_sock *sk, __u32 size)
{
	struct toa_scan *scan = bpf_sk_storage_get(&toa_scans, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (scan)
		scan->size = size;
	else
		toa_count(TOA_COUNT_NO_MEMORY);
	return scan;
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
	int step;

	walk->at = 0;
	walk->matches = 0;
	walk->kinds = 0;
	walk->malformed = 0;
	for (step = 0; step < TOA_TCP_OPTIONS_MOST; step++) {
		__u32 at = walk->at, size = walk->size, kind, length, kinds, match;

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
		kinds = settings->kinds[kind & 255];
		match = kinds & settings->lengths[length & 255];
		walk->kinds |= kinds;
		walk->places[walk->matches & 7] = at;
		walk->matches += (match | match >> 1) & 1;
		walk->at = at + length;
	}
}

#endif
