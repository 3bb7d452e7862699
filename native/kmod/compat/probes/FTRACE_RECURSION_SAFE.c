// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Until 5.11, a callback had to ask for not being protected from recursion. */
#include <linux/ftrace.h>

int probe(void);

int probe(void)
{
	return FTRACE_OPS_FL_RECURSION_SAFE;
}
