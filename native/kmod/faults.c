// SPDX-License-Identifier: MIT OR GPL-2.0-only
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "compat/moduleparam.h"
#include "faults.h"

static char *fail_at = "";
module_param(fail_at, charp, 0444);
MODULE_PARM_DESC(fail_at, "The load step that fails; lift: unload fails, as after an ftrace error");

static unsigned int fail_allocations;
module_param(fail_allocations, uint, 0644);
MODULE_PARM_DESC(fail_allocations, "One in N allocations of an address fails; 0: none");

static bool switchable;
module_param(switchable, bool, 0444);
MODULE_PARM_DESC(switchable, "kernel.ftrace_enabled=0 disables the hooks, and the module checks them every second");

static bool few_buckets;
module_param(few_buckets, bool, 0444);
MODULE_PARM_DESC(few_buckets, "All addresses are held in two buckets");

int toa_fault_at(const char *step)
{
	return strcmp(step, fail_at) ? 0 : -ENOMEM;
}

bool toa_fault_allocation(void)
{
	static atomic_t allocations;
	unsigned int one_in = READ_ONCE(fail_allocations);

	return one_in && atomic_inc_return(&allocations) % one_in == 0;
}

bool toa_fault_switchable(void)
{
	return switchable;
}

bool toa_fault_few_buckets(void)
{
	return few_buckets;
}
