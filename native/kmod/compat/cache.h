/* SPDX-License-Identifier: GPL-2.0-only */
/* 4.6. Before, what is written once is only kept apart from what is written often. */
#ifndef TOA_COMPAT_CACHE_H
#define TOA_COMPAT_CACHE_H

#include <linux/cache.h>

#ifndef __ro_after_init
#define __ro_after_init __read_mostly
#endif

#endif
