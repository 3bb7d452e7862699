// SPDX-License-Identifier: MIT OR GPL-2.0-only
/* Declared since 3.18, whether or not the kernel has it; later a macro where it has not. */
#include <linux/rcupdate.h>

#if !defined(CONFIG_TASKS_RCU) && !defined(synchronize_rcu_tasks)
#error "off"
#endif

void probe(void);

void probe(void)
{
	synchronize_rcu_tasks();
}
