/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The module's parameters, by their names and with their rules, for this provider. */
#ifndef TOA_LOADER_SETTINGS_H
#define TOA_LOADER_SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "networks.h"

struct settings {
	struct toa_settings values;
	struct networks trusted;
	bool trusted_named;	/* in this command: naming more networks adds */
};

void settings_default(struct settings *settings);

/* Sets the one of that name; NULL is a flag's "yes". Says what is wrong. */
bool settings_set(struct settings *settings, const char *name, const char *value);

/* A line NAME=VALUE for each. */
void settings_print(const struct settings *settings, FILE *out);

#endif
