/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Before 5.6, kernel.ftrace_enabled=0 switches the hooks off, and nobody is told. There, and in
 * test builds, the watchdog looks at them once a minute. Elsewhere, there is none.
 */
#ifndef TOA_COMPAT_WATCHDOG_H
#define TOA_COMPAT_WATCHDOG_H

#ifdef TOA_WATCHDOG

#include <linux/compiler.h>
#include <linux/types.h>

/* Whether the end of any socket was seen since this was last set to false. */
extern bool toa_watchdog_saw_end;

static inline void toa_watchdog_see_end(void)
{
	if (unlikely(!READ_ONCE(toa_watchdog_saw_end)))
		WRITE_ONCE(toa_watchdog_saw_end, true);
}

/* Fails if the kernel does not call the hooks. */
int toa_watchdog_init(void);
void toa_watchdog_exit(void);

#else

static inline void toa_watchdog_see_end(void)
{
}

#define toa_watchdog_init NULL
#define toa_watchdog_exit NULL

#endif

#endif
