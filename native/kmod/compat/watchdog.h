/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Before 5.6, kernel.ftrace_enabled=0 switches the hooks off, and nobody is told. There, the
 * watchdog looks at them once a minute. Later kernels need none. In test builds, there is always
 * one, and with switchable=1 it looks each second.
 */
#ifndef TOA_COMPAT_WATCHDOG_H
#define TOA_COMPAT_WATCHDOG_H

#include "generated.h"

#ifdef TOA_WATCHDOG
int toa_watchdog_init(void);
void toa_watchdog_exit(void);
#elif !defined(TOA_HAVE_FTRACE_PERMANENT)
#error "Kbuild and the probe FTRACE_PERMANENT disagree about FTRACE_OPS_FL_PERMANENT."
#else
#define toa_watchdog_init NULL
#define toa_watchdog_exit NULL
#endif

#endif
