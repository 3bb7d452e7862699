/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The settings of this provider, with the names and rules of the module's parameters. */
#ifndef TOA_LOADER_SETTINGS_H
#define TOA_LOADER_SETTINGS_H

#include <stdbool.h>
#include <stdio.h>

#include "networks.h"

struct settings {
	struct toa_settings values;
	struct networks trusted;
	bool trusted_named;	/* trusted was set in this command: more networks are added to it */
};

void settings_default(struct settings *settings);

/* Sets the setting of that name; NULL turns a flag on. Prints an error if the name or the value is wrong. */
bool settings_set(struct settings *settings, const char *name, const char *value);

/* Prints a line NAME=VALUE for each setting; without the line of trusted if that list is not known. */
void settings_print(const struct settings *settings, bool with_trusted, FILE *out);

#endif
