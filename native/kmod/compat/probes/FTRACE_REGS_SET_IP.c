// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The same under its later name (6.2). */
#include <linux/ftrace.h>

void probe(struct ftrace_regs *regs);

void probe(struct ftrace_regs *regs)
{
	ftrace_regs_set_instruction_pointer(regs, 0);
}
