/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this machine lets the provider do; each function says what is in the way. */
#ifndef TOA_LOADER_HOST_H
#define TOA_LOADER_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_BPFFS	"/sys/fs/bpf"

/*
 * The kernel is new enough, this process may load programs, and nobody else answers programs,
 * unless this provider answers them already.
 */
bool host_check(bool answers_already);

/* Mounts it if it is missing. */
bool host_mount_bpffs(void);

/* Where cgroup v2 is mounted. */
bool host_find_cgroup(char *path, size_t size);

/* Where a cgroup is that has this number; false if nowhere, or not to be told to this user. */
bool host_path_of_cgroup(unsigned long long number, char *path, size_t size);

/* The kernel describes its own types, and lets programs look at them. */
bool host_shows_types(void);

/* A line for the kernel's log, where users of the module look for it. */
void host_log(const char *line);

#endif
