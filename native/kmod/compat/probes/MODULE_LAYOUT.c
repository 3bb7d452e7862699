// SPDX-License-Identifier: GPL-2.0-only
/* A module's code and data are described by a struct of their own (4.5 to 6.3). */
#include <linux/module.h>

unsigned int probe(void);

unsigned int probe(void)
{
	return THIS_MODULE->core_layout.text_size;
}
