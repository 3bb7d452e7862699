// SPDX-License-Identifier: MIT
#include <err.h>
#include <stdlib.h>

#include "count.h"

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return a < b ? -1 : a > b;
}

uint64_t median(uint64_t *values, unsigned int count)
{
	qsort(values, count, sizeof(*values), compare);
	return values[count / 2];
}

/* Two instructions per round. */
static uint64_t count_loop(uint64_t rounds)
{
	uint64_t start = instructions();

	__asm__ volatile("1: dec %0\n\tjnz 1b" : "+r"(rounds) : : "cc");
	return instructions() - start;
}

void check_counter(void)
{
	enum { ROUNDS = 100000, SAMPLES = 31, MARGIN = 10 };
	uint64_t counted[SAMPLES], once;

	for (unsigned int i = 0; i < SAMPLES; i++)
		counted[i] = count_loop(ROUNDS);
	once = median(counted, SAMPLES);
	if (once < 2 * ROUNDS || once > 2 * ROUNDS + MARGIN)
		errx(1, "a loop of %u instructions counts as %lu: not a guest with -icount shift=0?",
		     2 * ROUNDS, once);
}
