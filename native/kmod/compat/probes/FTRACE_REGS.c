// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A callback gets struct ftrace_regs, not struct pt_regs. */
#include <linux/ftrace.h>

void probe(unsigned long ip, unsigned long parent_ip, struct ftrace_ops *ops,
	   struct ftrace_regs *regs);

ftrace_func_t probed = probe;
