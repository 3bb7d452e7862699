/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces a kernel function for all its callers but this module, through ftrace.
 *
 * A replacement calls the original by its own pointer, and is let through. It does
 * so between toa_guard_enter and toa_guard_leave, which also keeps the compiler from
 * ending it with a jump into the original: that would look like a call from elsewhere.
 */
#ifndef TOA_KMOD_HOOK_H
#define TOA_KMOD_HOOK_H

#include <linux/ftrace.h>

struct toa_hook {
	const char *name;
	void *target;		/* the function's entry; NULL if this kernel does without it */
	void *replacement;	/* of the same type */
	struct ftrace_ops ops;
};

/* All or none. */
int toa_hooks_install(struct toa_hook *hooks, unsigned int count);

/* Lets nobody else in. Some may still be inside: toa_guard_exit waits for them. */
void toa_hooks_remove(struct toa_hook *hooks, unsigned int count);

#endif
