/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What this machine lets the provider do; each function says what is in the way. */
#ifndef TOA_LOADER_HOST_H
#define TOA_LOADER_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define HOST_BPFFS	"/sys/fs/bpf"

/* The kernel is new enough, and this process may load programs. */
bool host_is_fit(void);

/* Nobody else answers programs: no module at any time, nor anything else unless this provider answers them already. */
bool host_is_free(bool answers_already);

/* Mounts it if it is missing. */
bool host_mount_bpffs(void);

#define HOST_REASON_SIZE	256

/* False if the kernel accepts tracing programs of this process; else why not, in half a sentence. */
bool host_refuses_tracing(char *reason, size_t size);

/* A line for the kernel's log, where users of the module look for it. */
void host_log(const char *line);

#endif
