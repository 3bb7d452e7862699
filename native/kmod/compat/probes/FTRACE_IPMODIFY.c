// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A callback may change where a call goes (3.19). */
#include <linux/ftrace.h>

unsigned long probed = FTRACE_OPS_FL_IPMODIFY;
