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

struct model_answer {
	enum toa_option_status status;
	long offset;			/* of the first valid option; -1 if no option is valid */
	unsigned int duplicates;
};

/* 2: one of the formats; 1: a kind of the formats with another length; 0: another kind. */
static int model_rank(unsigned char kind, unsigned char length,
		      const struct toa_option_format *formats, unsigned int count)
{
	int kinds = 0, both = 0;

	while (count--) {
		kinds += formats[count].kind == kind;
		both += formats[count].kind == kind && formats[count].length == length;
	}
	return both ? 2 : kinds ? 1 : 0;
}

static struct model_answer model_scan(const unsigned char *options, unsigned int size,
				      const struct toa_option_format *formats, unsigned int count)
{
	unsigned char begins[MODEL_MOST_BYTES] = { 1 };
	struct model_answer answer = { TOA_OPTION_ABSENT, -1, 0 };
	unsigned int i, valid = 0, wrong = 0, broken = 0;

	for (i = 0; i < size; i++) {
		unsigned int step = options[i] == 1 ? 1 : i + 1 < size ? options[i + 1] : 0;

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
		switch (model_rank(options[i], step, formats, count)) {
		case 2:
			if (!valid++)
				answer.offset = i;
			break;
		case 1:
			wrong++;
			break;
		}
	}
	answer.duplicates = valid ? valid - 1 : 0;
	answer.status = valid ? TOA_OPTION_FOUND :
			broken ? TOA_OPTION_MALFORMED :
			wrong ? TOA_OPTION_WRONG_LENGTH : TOA_OPTION_ABSENT;
	return answer;
}

static int model_agrees(const unsigned char *options, unsigned int size,
			const struct toa_option_format *formats, unsigned int count)
{
	struct toa_option_scan scan = toa_option_scan(options, size, formats, count);
	struct model_answer answer = model_scan(options, size, formats, count);

	return scan.status == answer.status && scan.duplicates == answer.duplicates &&
	       (scan.found ? scan.found - options : -1) == answer.offset;
}

#endif
