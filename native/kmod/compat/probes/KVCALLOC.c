// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* 4.18. */
#include <linux/mm.h>
#include <linux/slab.h>

void *probe(void);

void *probe(void)
{
	return kvcalloc(3, 4, GFP_KERNEL);
}
