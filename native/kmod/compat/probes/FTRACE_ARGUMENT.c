// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* An ftrace callback can read the arguments of the call (6.2). */
#include <linux/ftrace.h>

unsigned long probe(struct ftrace_regs *regs);

unsigned long probe(struct ftrace_regs *regs)
{
	return ftrace_regs_get_argument(regs, 0);
}
