/* SPDX-License-Identifier: MIT */
/*
 * Instructions, counted: in a guest that QEMU runs with -icount shift=0, virtual time
 * is one nanosecond an instruction, and the time-stamp counter is virtual time.
 */
#ifndef COUNT_H
#define COUNT_H

#include <stdint.h>
#include <x86intrin.h>

static inline uint64_t instructions(void)
{
	return __rdtsc();
}

/* The middle one of an odd number of values, which are sorted. */
uint64_t median(uint64_t *values, unsigned int count);

/* Exits if the counter does not count a loop of known length as what it is. */
void check_counter(void);

#endif
