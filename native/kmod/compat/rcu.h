/* SPDX-License-Identifier: GPL-2.0-only */
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

/* 3.15. */
#ifndef RCU_INITIALIZER
#define RCU_INITIALIZER(v) ((typeof(*(v)) __force __rcu *)(v))
#endif

#endif
