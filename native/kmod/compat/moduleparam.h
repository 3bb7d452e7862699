/* SPDX-License-Identifier: GPL-2.0-only */
/* linux/moduleparam.h relies on others before it in old kernels. */
#ifndef TOA_COMPAT_MODULEPARAM_H
#define TOA_COMPAT_MODULEPARAM_H

#include <linux/bug.h>

#include <linux/moduleparam.h>

#endif
