/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The provider in the kernel: its programs and maps, pinned below PROVIDER_FOLDER. */
#ifndef TOA_LOADER_PROVIDER_H
#define TOA_LOADER_PROVIDER_H

#include <stdbool.h>
#include <stdio.h>

#include "host.h"
#include "settings.h"

#define PROVIDER_FOLDER	HOST_BPFFS "/toa"

/* True also if only a part is loaded. */
bool provider_is_loaded(void);

/* Prints an error if this user is not allowed to read it. */
bool provider_may_be_seen(void);

/* Takes the lock: one loader at a time changes the provider. Held until the process ends. */
void provider_wait_for_others(void);

/*
 * Loads it for a cgroup. NULL: where it is loaded already, or the root cgroup. If it is loaded,
 * each program is replaced in one step, and the maps keep their contents. Prints an error on
 * failure; verbose also prints the verifier's statistics.
 */
bool provider_load(const char *cgroup, const struct settings *settings, bool verbose);

/* Prints and logs a warning if it makes every source trusted. */
bool provider_set(const struct settings *settings, bool all_were_believed);

/* Removes everything, also the maps. */
bool provider_unload(void);

bool provider_read_settings(struct settings *settings);

/* The same in two steps: the kernel lets only CAP_SYS_ADMIN open the list of trusted networks. */
bool provider_read_switches(struct settings *settings);
bool provider_read_trusted(struct networks *networks);

/* In the kernel but not visible to programs yet: after this step, no more memory is needed. */
struct stored_settings {
	struct toa_settings values;
	int list;	/* of trusted networks; -1: any */
};
bool provider_store_settings(const struct settings *settings, struct stored_settings *stored);
bool provider_use_settings(const struct stored_settings *stored);
void provider_release_settings(const struct stored_settings *stored);

/* Stores the names of this version's counters for readers. */
bool provider_name_counters(void);

/* In the format of /proc/net/toa_stats and toa_table. */
bool provider_print_stats(FILE *out);
bool provider_print_table(FILE *out);

/* Prints the settings and what is loaded, one NAME=VALUE per line. */
bool provider_print_state(FILE *out);

#endif
