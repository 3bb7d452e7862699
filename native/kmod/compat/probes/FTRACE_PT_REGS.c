// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The call's registers are in a struct pt_regs (5.11 to 6.12); on x86-64 with the arguments. */
#include <linux/ftrace.h>

struct pt_regs *probe(struct ftrace_regs *regs);

struct pt_regs *probe(struct ftrace_regs *regs)
{
	return &regs->regs;
}
