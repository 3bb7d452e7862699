// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* 4.12. */
#include <linux/mm.h>
#include <linux/slab.h>

void *probe(void);

void *probe(void)
{
	return kvzalloc(3, GFP_KERNEL);
}
