/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * RCU-tasks came with 3.18, and was optional. Without it, a kernel that does not preempt its own
 * code has the same in RCU-sched: whoever does not sleep ends before the CPU's next schedule.
 */
#ifndef TOA_COMPAT_RCU_H
#define TOA_COMPAT_RCU_H

#include <linux/rcupdate.h>

#include "generated.h"

#ifndef TOA_HAVE_RCU_TASKS
#ifdef CONFIG_PREEMPT
#error "The module cannot be unloaded safely: CONFIG_PREEMPT is on, and CONFIG_TASKS_RCU is off."
#endif
#undef synchronize_rcu_tasks
#define synchronize_rcu_tasks synchronize_sched
#endif

/*
 * A short section of a reader. Where all sorts of RCU are one, preemption is off in it: that is
 * inline and cheaper than the calls of rcu_read_lock in a kernel that can be preempted.
 */
#ifdef TOA_HAVE_SYNCHRONIZE_SCHED
#define toa_rcu_read_lock() rcu_read_lock()
#define toa_rcu_read_unlock() rcu_read_unlock()
#define toa_rcu_dereference(pointer) rcu_dereference(pointer)
#else
#define toa_rcu_read_lock() rcu_read_lock_sched()
#define toa_rcu_read_unlock() rcu_read_unlock_sched()
#define toa_rcu_dereference(pointer) rcu_dereference_sched(pointer)
#endif

/* 3.15. */
#ifndef RCU_INITIALIZER
#define RCU_INITIALIZER(v) ((typeof(*(v))__force __rcu *)(v))
#endif

#endif
