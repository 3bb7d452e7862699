/* SPDX-License-Identifier: GPL-2.0-only */
/* min and max have had a header of their own since 5.10. */
#ifndef TOA_COMPAT_MINMAX_H
#define TOA_COMPAT_MINMAX_H

#include "generated.h"

#ifdef TOA_HAVE_MINMAX
#include <linux/minmax.h>
#else
#include <linux/kernel.h>
#endif

#endif
