/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/* The pinned links that attach the programs to their hooks: one for each program. */
#ifndef TOA_LOADER_LINKS_H
#define TOA_LOADER_LINKS_H

#include <stdbool.h>

#include <bpf/libbpf.h>

/* Attached in this order, removed in reverse: no client is recorded while a program that returns it is missing. */
enum { LINK_GETSOCKOPT, LINK_GETPEERNAME6, LINK_GETPEERNAME4, LINK_CONNECTIONS, LINKS };

struct link {
	const char *pin;
	int fd;			/* -1: missing */
	__u32 program;
	__u64 cgroup;		/* its number */
	bool severed;		/* that cgroup was removed */
};

/* False if no link is pinned. */
bool links_open(struct link *links);
void links_close(struct link *links);

/* The link exists, and so does its cgroup. */
bool links_is_in_place(const struct link *link);

/*
 * Replaces the programs of the links, each in one step, so that a call runs the old or the new
 * program. Attaches missing ones to this cgroup. If a hook refuses, the others are unchanged.
 */
bool links_place(const struct link *links, struct bpf_program * const *programs, int cgroup);

/* Removes all links; a missing one is not a failure. */
bool links_remove(void);

#endif
