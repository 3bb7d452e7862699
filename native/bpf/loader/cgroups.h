/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Control groups, by their number in the kernel. Descriptors are -1 on failure. */
#ifndef TOA_LOADER_CGROUPS_H
#define TOA_LOADER_CGROUPS_H

#include <stdbool.h>
#include <stddef.h>

typedef unsigned long long cgroup_number;

/* Opens the root cgroup. Prints an error on failure. */
int cgroups_open_root(void);

/* Opens the cgroup at this path. Prints an error on failure. */
int cgroups_open(const char *path);

/* 0 on failure. */
cgroup_number cgroups_number_of(int cgroup);

/* Sets errno on failure. */
int cgroups_open_number(cgroup_number number);

/* True if the cgroup does not exist. False also if this process cannot find out. */
bool cgroups_are_without(cgroup_number number);

/* The path of a cgroup; false if it does not exist or this user cannot open it. */
bool cgroups_find_path(cgroup_number number, char *path, size_t size);

#endif
