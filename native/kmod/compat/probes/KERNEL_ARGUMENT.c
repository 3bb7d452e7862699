// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* The arguments of a call, from all registers (4.20, later on other processors). */
#include <linux/ptrace.h>

unsigned long probe(struct pt_regs *regs);

unsigned long probe(struct pt_regs *regs)
{
	return regs_get_kernel_argument(regs, 0);
}
