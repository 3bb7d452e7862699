/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* Checks whether the provider can run on this machine. On failure, each function prints the reason. */
#ifndef TOA_LOADER_HOST_H
#define TOA_LOADER_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_BPFFS	"/sys/fs/bpf"

/* The kernel is new enough, and this process may load programs. */
bool host_is_fit(void);

/* No TOA module is loaded and, unless answers_already (this provider is loaded), nothing answers TOA_SO_GET_LOOKUP. */
bool host_is_free(bool answers_already);

/* Mounts the bpf file system if it is missing. */
bool host_mount_bpffs(void);

#define HOST_REASON_SIZE	256

/* False if the kernel accepts tracing programs from this process. Otherwise fills in the reason. */
bool host_refuses_tracing(char *reason, size_t size);

/* Writes a line to the kernel log, where users of the module expect it. */
void host_log(const char *line);

#endif
