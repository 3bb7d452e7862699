/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The provider in the kernel: its programs and maps, pinned below PROVIDER_FOLDER. */
#ifndef TOA_LOADER_PROVIDER_H
#define TOA_LOADER_PROVIDER_H

#include <stdbool.h>
#include <stdio.h>

#include "host.h"
#include "settings.h"

#define PROVIDER_FOLDER	HOST_BPFFS "/toa"

/* In part, at least. */
bool provider_is_loaded(void);

/* Says so if this user may not look. */
bool provider_may_be_seen(void);

/* One at a time changes it; the lock ends with the process. */
void provider_wait_for_others(void);

/*
 * Loads it at a cgroup, NULL being the root of all, or where it is already: then the
 * programs are replaced, each in one step, and what the maps hold stays. Says what is wrong;
 * verbose has the verifier say what the programs took.
 */
bool provider_load(const char *cgroup, const struct settings *settings, bool verbose);

/* Says so if everybody is believed from now on. */
bool provider_set(const struct settings *settings, bool all_were_believed);

/* Leaves nothing. */
bool provider_unload(void);

bool provider_read_settings(struct settings *settings);

/* In the kernel, where programs do not see them yet: what takes memory is done. */
struct stored_settings {
	struct toa_settings values;
	int list;	/* of trusted networks; -1: any */
};
bool provider_store_settings(const struct settings *settings, struct stored_settings *stored);
bool provider_use_settings(const struct stored_settings *stored);
void provider_release_settings(const struct stored_settings *stored);

/* Tells readers what each counter of this version is called. */
bool provider_name_counters(void);

/* As /proc/net/toa_stats and toa_table. */
bool provider_print_stats(FILE *out);
bool provider_print_table(FILE *out);

/* A line NAME=VALUE for each thing to know. */
bool provider_print_state(FILE *out);

#endif
