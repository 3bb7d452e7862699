/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes and allocations: kvcalloc and struct_size came with 4.18, totalram_pages() with 5.0. */
#ifndef TOA_COMPAT_MEMORY_H
#define TOA_COMPAT_MEMORY_H

#include <linux/mm.h>
#include <linux/slab.h>

#include "generated.h"

#ifndef struct_size
/* Does not saturate: for counts that cannot overflow it. */
#define struct_size(p, member, count) (sizeof(*(p)) + sizeof(*(p)->member) * (count))
#endif

#ifndef TOA_HAVE_KVCALLOC
#define kvcalloc(n, size, flags) kvmalloc_array(n, size, (flags) | __GFP_ZERO)
#endif

#ifndef TOA_HAVE_TOTALRAM_PAGES
/* A variable. */
#define totalram_pages() (totalram_pages)
#endif

#endif
