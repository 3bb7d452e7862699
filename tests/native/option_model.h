/* SPDX-License-Identifier: MIT */
/*
 * An independent implementation of toa_option_scan: it marks the positions where options
 * begin, and classifies the options there. Used by the tests and the fuzzer.
 */
#ifndef OPTION_MODEL_H
#define OPTION_MODEL_H

#include <string.h>

#include "toa_option.h"

#define MODEL_MOST_BYTES 255

/* An option that is read. Options of one role that have no client have one length. */
struct model_option {
	unsigned char kind;
	unsigned char length;
	enum { MODEL_CLIENT, MODEL_VIRTUAL, MODEL_NETWORK } role;
};

struct model_list {
	const struct model_option *options;
	unsigned int count;
};

struct model_answer {
	enum toa_option_status status;
	long offset[3];			/* of the first valid option of each role; -1 if there is no such option */
	unsigned int which;		/* the first one with a client, in the list */
	unsigned int duplicates;
};

/* The set for the parser: each option with a client has a format of its own. */
static struct toa_format_set model_set(struct model_list list)
{
	struct toa_format_set set = { { 0 }, { 0 }, { 0 } };
	unsigned int i;

	for (i = 0; i < list.count; i++) {
		const struct model_option *option = &list.options[i];
		unsigned int bit = option->role == MODEL_VIRTUAL ? TOA_FORMAT_VIRTUAL :
				   option->role == MODEL_NETWORK ? TOA_FORMAT_NETWORK : 1 + i;

		set.kinds[option->kind] |= 1 << bit;
		set.lengths[option->length] |= 1 << bit;
	}
	return set;
}

/* The place in the list, or its count for another length, or -1 for another kind. */
static int model_find(unsigned char kind, unsigned char length, struct model_list list)
{
	unsigned int i, kinds = 0;

	for (i = 0; i < list.count; i++) {
		if (list.options[i].kind != kind)
			continue;
		if (list.options[i].length == length)
			return i;
		kinds++;
	}
	return kinds ? (int)list.count : -1;
}

static int model_is_cookie(const unsigned char *option, unsigned int length)
{
	return length > 3 && !memcmp(option, (unsigned char[]){ 254, length, 0xf9, 0x89 }, 4);
}

static struct model_answer model_scan(const unsigned char *options, unsigned int size, int is_syn,
				      struct model_list list)
{
	unsigned char begins[MODEL_MOST_BYTES] = { 1 };
	struct model_answer answer = { TOA_OPTION_ABSENT, { -1, -1, -1 }, 0, 0 };
	unsigned int i, valid = 0, wrong = 0, broken = 0;

	for (i = 0; i < size; i++) {
		unsigned int step = options[i] == 1 ? 1 : i + 1 < size ? options[i + 1] : 0, role;
		int found;

		if (!begins[i] || options[i] == 0)
			continue;
		if (step < (options[i] == 1 ? 1 : 2) || i + step > size) {
			broken = 1;
			continue;
		}
		if (i + step < size)
			begins[i + step] = 1;
		if (options[i] == 1)
			continue;
		found = model_find(options[i], step, list);
		if (found == (int)list.count) {
			wrong++;
			continue;
		}
		if (found < 0)
			continue;
		role = list.options[found].role;
		if (answer.offset[role] < 0) {
			answer.offset[role] = i;
			if (role == MODEL_CLIENT)
				answer.which = found;
		}
		valid += role == MODEL_CLIENT;
	}
	answer.duplicates = valid ? valid - 1 : 0;
	if (is_syn && valid && model_is_cookie(options + answer.offset[MODEL_CLIENT], options[answer.offset[MODEL_CLIENT] + 1])) {
		answer.offset[MODEL_CLIENT] = -1;
		answer.status = TOA_OPTION_FAST_OPEN;
		return answer;
	}
	answer.status = valid ? TOA_OPTION_FOUND :
			broken ? TOA_OPTION_MALFORMED :
			wrong ? TOA_OPTION_WRONG_LENGTH : TOA_OPTION_ABSENT;
	return answer;
}

static long model_offset(const unsigned char *option, const unsigned char *options)
{
	return option ? option - options : -1;
}

static int model_agrees(const unsigned char *options, unsigned int size, int is_syn,
			const struct toa_format_set *set, struct model_list list)
{
	struct toa_option_scan scan = toa_option_scan(options, size, is_syn, set);
	struct model_answer answer = model_scan(options, size, is_syn, list);

	return scan.status == answer.status && scan.duplicates == answer.duplicates &&
	       model_offset(scan.client, options) == answer.offset[MODEL_CLIENT] &&
	       model_offset(scan.virtual_option, options) == answer.offset[MODEL_VIRTUAL] &&
	       model_offset(scan.network_option, options) == answer.offset[MODEL_NETWORK] &&
	       (!scan.client || scan.format == 1 + answer.which);
}

#endif
