/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Before 5.6, kernel.ftrace_enabled=0 disables the hooks without a message. There, the watchdog
 * checks them once a minute. Later kernels do not need it. Test builds always have it, and with
 * switchable=1 it checks each second.
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
