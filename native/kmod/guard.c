// SPDX-License-Identifier: MIT OR GPL-2.0-only
#define pr_fmt(fmt) "TOA: " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kernel.h>

#include "compat/rcu.h"
#include "guard.h"
#include "steps.h"

DEFINE_PER_CPU(unsigned long, toa_guard_inside);

/*
 * Once no caller comes in, the sum only falls. CPUs that were read early may have fallen
 * since, so the sum read is never too low: it is zero only after every caller has left.
 */
static unsigned long toa_guard_sum(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu(toa_guard_inside, cpu));
	return sum;
}

/*
 * Three groups can still be on their way, and each wait hands over to the next:
 * those who come in but have not passed toa_guard_enter do not sleep there, so
 * RCU-tasks sees them through, and their counts are seen; those inside, perhaps
 * asleep on a socket's lock, are counted; those behind toa_guard_leave are RCU-tasks'
 * again, and so is the order of what they did before it.
 */
void toa_guard_exit(void)
{
	const unsigned int interval = 20, patience = 5000;
	unsigned int waited;

	synchronize_rcu_tasks();
	for (waited = 0; toa_guard_sum(); waited += interval) {
		if (waited == patience)
			pr_warn("unload waits for %lu callers that sleep in accept, getpeername or getsockopt\n",
				toa_guard_sum());
		msleep(interval);
	}
	synchronize_rcu_tasks();
}
