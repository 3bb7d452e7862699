// SPDX-License-Identifier: MIT
/*
 * Fuzzes the option parser with libFuzzer, ASan and UBSan. It must agree with the model,
 * and must not read outside of the list. An input is a byte that selects the formats and
 * whether the list is a SYN's, and the list.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "option_model.h"

#define CLIENT(kind, length) { kind, length, MODEL_CLIENT }

static const struct model_option real[] = { CLIENT(200, 8), CLIENT(253, 20) };
static const struct model_option one_kind[] = { CLIENT(254, 8), CLIENT(254, 16), CLIENT(254, 20) };
static const struct model_option shortest[] = { CLIENT(200, 2), CLIENT(253, 3), { 201, 2, MODEL_NETWORK } };
static const struct model_option every[] = {
	CLIENT(200, 8), CLIENT(253, 20), CLIENT(252, 20), CLIENT(249, 40), CLIENT(254, 16), CLIENT(28, 7), CLIENT(28, 19),
	CLIENT(254, 8), CLIENT(254, 20), { 250, 8, MODEL_VIRTUAL }, { 202, 8, MODEL_VIRTUAL }, { 201, 6, MODEL_NETWORK },
};

#define LIST(options) { options, sizeof(options) / sizeof((options)[0]) }

static const struct model_list lists[] = { LIST(real), LIST(one_kind), LIST(shortest), LIST(every), { real, 0 } };

#define LISTS (sizeof(lists) / sizeof(lists[0]))

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct toa_format_set set;
	unsigned int choice, i;
	int is_syn;

	/* A TCP header holds 40 bytes, but the parser has no limit. */
	if (size < 1 || size - 1 > MODEL_MOST_BYTES)
		return -1;
	choice = data[0] % LISTS;
	is_syn = data[0] / LISTS % 2;
	set = model_set(lists[choice]);
	if (model_agrees(data + 1, size - 1, is_syn, &set, lists[choice]))
		return 0;

	fprintf(stderr, "parser and model differ, formats %u, list:", choice);
	for (i = 1; i < size; i++)
		fprintf(stderr, " %u", data[i]);
	fprintf(stderr, "\n");
	abort();
}
