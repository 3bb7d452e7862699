// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* A function, not a variable (5.0). */
#include <linux/mm.h>

unsigned long probe(void);

unsigned long probe(void)
{
	return totalram_pages();
}
