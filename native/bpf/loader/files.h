/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The files stats and table below PROVIDER_FOLDER, for readers that have no loader at hand. */
#ifndef TOA_LOADER_FILES_H
#define TOA_LOADER_FILES_H

#include <stdbool.h>
#include <stdio.h>

/* Makes them, or replaces them. The provider serves without them: if the kernel refuses, says why. */
void files_make(void);

bool files_remove(void);

/* A line files=NAME,NAME, or files=none: REASON. */
void files_print_state(FILE *out);

#endif
