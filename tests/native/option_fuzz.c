// SPDX-License-Identifier: MIT
/*
 * Fuzzes the option parser with libFuzzer, ASan and UBSan. It must agree with the model,
 * and must not read outside of the list. An input is a byte that selects the formats, and
 * the list.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "option_model.h"
#include "toa.h"

static const struct toa_option_format real[] = {
	{ TOA_KIND_IPV4, TOA_LENGTH_IPV4 }, { TOA_KIND_IPV6, TOA_LENGTH_IPV6 },
};
static const struct toa_option_format one_kind[] = { { 254, 8 }, { 254, 20 } };
static const struct toa_option_format shortest[] = { { 200, 2 }, { 253, 3 } };
static const struct toa_option_format many[] = {
	{ 200, 8 }, { 201, 8 }, { 202, 8 }, { 203, 8 }, { 204, 8 }, { 205, 8 }, { 206, 8 }, { 207, 8 },
	{ 200, 20 }, { 253, 20 }, { 254, 20 }, { 255, 20 }, { 6, 20 }, { 7, 20 }, { 9, 20 }, { 10, 20 },
};

#define FORMATS(list) { list, sizeof(list) / sizeof((list)[0]) }

static const struct {
	const struct toa_option_format *list;
	unsigned int count;
} choices[] = { FORMATS(real), FORMATS(one_kind), FORMATS(shortest), FORMATS(many), { real, 0 } };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned int choice, i;

	/* A TCP header holds 40 bytes, but the parser has no limit. */
	if (size < 1 || size - 1 > MODEL_MOST_BYTES)
		return -1;
	choice = data[0] % (sizeof(choices) / sizeof(choices[0]));
	if (model_agrees(data + 1, size - 1, choices[choice].list, choices[choice].count))
		return 0;

	fprintf(stderr, "parser and model differ, formats %u, list:", choice);
	for (i = 1; i < size; i++)
		fprintf(stderr, " %u", data[i]);
	fprintf(stderr, "\n");
	abort();
}
