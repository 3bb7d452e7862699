// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* struct ftrace_regs can be given another instruction pointer (5.11). */
#include <linux/ftrace.h>

void probe(struct ftrace_regs *regs);

void probe(struct ftrace_regs *regs)
{
	ftrace_instruction_pointer_set(regs, 0);
}
