/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The files stats and table below PROVIDER_FOLDER, for readers that do not run toa-bpf. */
#ifndef TOA_LOADER_FILES_H
#define TOA_LOADER_FILES_H

#include <stdbool.h>
#include <stdio.h>

/* Creates or replaces them. If the kernel refuses, prints why: the provider works without them. */
void files_make(void);

bool files_remove(void);

/* Prints a line files=NAME,NAME, or files=none: REASON. */
void files_print_state(FILE *out);

#endif
