// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* An enum or a macro, so only the compiler can see it (5.6). */
#include <linux/ftrace.h>

unsigned long probed = FTRACE_OPS_FL_PERMANENT;
