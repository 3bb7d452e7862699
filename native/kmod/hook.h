/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A way of hooking the kernel's functions. A build has one of them, as Kbuild chooses:
 *
 *   hook_ftrace.c  functions are replaced, through ftrace: no call goes unseen
 *   hook_kprobe.c  functions are watched, with kretprobes: where ftrace cannot replace
 *
 * Not fprobe: kernels build it only where their ftrace can replace functions too.
 */
#ifndef TOA_KMOD_HOOK_H
#define TOA_KMOD_HOOK_H

#include "targets.h"

struct toa_hook_way {
	const char *name;

	/* Says what is wrong if it fails. */
	int (*place)(enum toa_target target);

	/* Lets nobody else in. Some may still be inside: toa_guard_exit waits for them. */
	void (*lift)(enum toa_target target);

	/* Tells the log what this way is short of, once all is in place; NULL if of nothing. */
	void (*warn)(void);

	/* Whether an operator can switch it off, and nobody is told. */
	bool (*switchable)(void);

	/* How many calls went unseen, on the whole machine since the module was loaded. */
	unsigned long (*missed)(void);
};

extern const struct toa_hook_way toa_hook_way;

#endif
