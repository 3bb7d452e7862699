/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * linux/moduleparam.h relies on other headers before it in old kernels. The kernel holds a lock
 * around each access to a parameter; since 4.2, each module has its own.
 */
#ifndef TOA_COMPAT_MODULEPARAM_H
#define TOA_COMPAT_MODULEPARAM_H

#include <linux/bug.h>
#include <linux/lockdep.h>
#include <linux/module.h>

#include <linux/moduleparam.h>

#include "generated.h"

#ifdef TOA_HAVE_PARAM_LOCK
#define toa_param_lock_is_held() lockdep_is_held(&THIS_MODULE->param_lock)
#else
#define toa_param_lock_is_held() true
#endif

#endif
