/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Who runs this module's code.
 *
 * The kernel calls the replacements of its functions and the answers to socket options without
 * a reference to the module. They begin with toa_guard_enter and end with toa_guard_leave, so the
 * module can wait for those inside before its code goes. ftrace itself waits for its callbacks.
 *
 * As the ways in are closed before anybody waits, a counter does: SRCU, which can wait
 * while others come in, costs two memory barriers a call.
 */
#ifndef TOA_KMOD_GUARD_H
#define TOA_KMOD_GUARD_H

#include <linux/percpu.h>

/* Those who sleep inside may leave on another CPU: only the sum says anything. */
DECLARE_PER_CPU(unsigned long, toa_guard_inside);

static inline void toa_guard_enter(void)
{
	this_cpu_inc(toa_guard_inside);
	barrier();
}

static inline void toa_guard_leave(void)
{
	barrier();
	this_cpu_dec(toa_guard_inside);
}

#endif
