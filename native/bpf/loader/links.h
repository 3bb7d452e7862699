/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What holds the programs at their hooks, pinned: there are as many links as programs. */
#ifndef TOA_LOADER_LINKS_H
#define TOA_LOADER_LINKS_H

#include <stdbool.h>

#include <bpf/libbpf.h>

/* Nothing is learnt before it can be told and forgotten: connections come last, and go first. */
enum { LINK_GETSOCKOPT, LINK_GETPEERNAME6, LINK_GETPEERNAME4, LINK_CONNECTIONS, LINKS };

struct link {
	const char *pin;
	int fd;			/* -1: it is not there */
	__u32 program;
	__u64 cgroup;		/* its number */
	bool severed;		/* that cgroup is gone */
};

/* False if none is there. */
bool links_open(struct link *links);
void links_close(struct link *links);

/* It is there, and its cgroup too. */
bool links_is_in_place(const struct link *link);

/*
 * Has the programs called, at this cgroup if they are not called yet; whoever calls meets an
 * old one or a new one. Where a hook refuses, the others are left as they are.
 */
bool links_place(const struct link *links, struct bpf_program * const *programs, int cgroup);

/* Takes them all away; one that is not there is no failure. */
bool links_remove(void);

#endif
