/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Memory: __ro_after_init came with 4.6, kvzalloc with 4.12, kvcalloc and struct_size with 4.18,
 * totalram_pages() with 5.0. SLAB_TYPESAFE_BY_RCU got this name with 4.12.
 */
#ifndef TOA_COMPAT_MEMORY_H
#define TOA_COMPAT_MEMORY_H

#include <linux/cache.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "generated.h"

#ifndef __ro_after_init
/* What is written once is only kept apart from what is written often. */
#define __ro_after_init __read_mostly
#endif

#ifndef struct_size
/* Does not saturate: for counts that cannot overflow it. */
#define struct_size(p, member, count) (sizeof(*(p)) + sizeof(*(p)->member) * (count))
#endif

#ifndef TOA_HAVE_KVZALLOC
/* For GFP_KERNEL, and for sizes that cannot overflow. */
static inline void *kvzalloc(size_t size, gfp_t flags)
{
	void *memory = kzalloc(size, flags | __GFP_NOWARN | __GFP_NORETRY);

	return memory ? memory : vzalloc(size);
}

#define kvcalloc(n, size, flags) kvzalloc((size_t)(n) * (size), flags)
#elif !defined(TOA_HAVE_KVCALLOC)
#define kvcalloc(n, size, flags) kvmalloc_array(n, size, (flags) | __GFP_ZERO)
#endif

#ifndef SLAB_TYPESAFE_BY_RCU
#define SLAB_TYPESAFE_BY_RCU SLAB_DESTROY_BY_RCU
#endif

#ifndef TOA_HAVE_TOTALRAM_PAGES
/* A variable. */
#define totalram_pages() (totalram_pages)
#endif

#endif
