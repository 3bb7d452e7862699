/* SPDX-License-Identifier: MIT */
/*
 * Counts instructions. In a guest that QEMU runs with -icount shift=0, the virtual time
 * of an instruction is one nanosecond, and the time-stamp counter shows the virtual time.
 */
#ifndef COUNT_H
#define COUNT_H

#include <stdint.h>
#include <x86intrin.h>

static inline uint64_t instructions(void)
{
	return __rdtsc();
}

/* The median of an odd number of values. Sorts the values. */
uint64_t median(uint64_t *values, unsigned int count);

/* Exits if the counter is wrong for a loop of known length. */
void check_counter(void);

#endif
