/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Control groups, by the number that the kernel knows each by. Descriptors are -1 on failure. */
#ifndef TOA_LOADER_CGROUPS_H
#define TOA_LOADER_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned long long cgroup_number;

/* The root of all. Says what is wrong. */
int cgroups_open_root(void);

/* The one at this path. Says what is wrong. */
int cgroups_open(const char *path);

/* 0 if it cannot be told. */
cgroup_number cgroups_number_of(int cgroup);

/* Sets errno. */
int cgroups_open_number(cgroup_number number);

/* For sure: false also if this process cannot tell. */
bool cgroups_are_without(cgroup_number number);

/* Where it is; false if nowhere, or not to be told to this user. */
bool cgroups_find_path(cgroup_number number, char *path, size_t size);

#endif
